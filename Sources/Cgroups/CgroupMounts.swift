internal import Linux

/// Where cgroups are mounted, as `/proc/self/mountinfo` tells.
package struct CgroupMounts: Equatable, Sendable {
    /// The unified tree, from its root on, or from the root of this process's cgroup namespace on.
    package struct Unified: Equatable, Sendable {
        package let point: [UInt8]
        /// Of the tree itself, in the order in which the kernel tells them. They are the same for
        /// every mount of it.
        package let options: [[UInt8]]
        /// Whether the kernel keeps a delegated subtree closed: see cgroups(7), nsdelegate.
        package var delegatesNamespaces: Bool { has("nsdelegate") }
        package var favorsMoves: Bool { has("favordynmods") }

        private func has(_ option: String) -> Bool {
            options.contains { $0.elementsEqual(option.utf8) }
        }
    }

    package private(set) var unified: [Unified] = []
    /// Trees of the first version that hold controllers, which the unified one then lacks.
    package private(set) var legacy: [[UInt8]] = []

    /// - Parameter text: `ID PARENT DEVICE ROOT POINT OPTIONS [FIELD…] - TYPE SOURCE SUPEROPTIONS`
    ///   in each line: see proc_pid_mountinfo(5). What has another form is skipped.
    package init(mountinfo text: [UInt8]) {
        for place in Lines(bytes: text) {
            let fields = text[place].split(separator: 0x20)
            guard fields.count >= 9,
                let dash = fields[6...].firstIndex(where: { $0.elementsEqual([0x2d]) }),
                fields.count > dash + 3
            else { continue }
            let point = unescaped(fields[4])
            let options = fields[dash + 3].split(separator: 0x2c)
            if fields[dash + 1].elementsEqual("cgroup2".utf8), fields[3].elementsEqual([0x2f]) {
                let own = options.filter {
                    !$0.elementsEqual("rw".utf8) && !$0.elementsEqual("ro".utf8)
                }
                unified.append(Unified(point: point, options: own.map { Array($0) }))
            } else if fields[dash + 1].elementsEqual("cgroup".utf8),
                // A tree that has a name and no controller takes none away.
                !options.contains(where: { $0.starts(with: "name=".utf8) })
            {
                legacy.append(point)
            }
        }
    }
}

extension CgroupMounts.Unified {
    /// The options that can be given again: what a security module or the kernel adds by itself is none.
    package var settable: [[UInt8]] {
        options.filter { !$0.contains(0x3d) && !$0.elementsEqual("seclabel".utf8) }
    }

    /// The command that adds nsdelegate. A remount takes away every option that it is not given.
    package var remount: String {
        let options = [Array("nsdelegate".utf8)] + settable
        return
            "mount -o remount,\(printable(Array(options.joined(separator: [0x2c])), limit: 4096)) "
            + printable(point, limit: 4096)
    }
}
