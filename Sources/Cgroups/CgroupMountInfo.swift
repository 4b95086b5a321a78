internal import Linux

/// The cgroup mounts in `/proc/self/mountinfo`.
package struct CgroupMountInfo: Equatable, Sendable {
    /// A cgroup2 mount that shows the hierarchy from its root, or from the root of this process's
    /// cgroup namespace.
    package struct Unified: Equatable, Sendable {
        package let point: [UInt8]
        /// The options of the superblock, in the kernel's order. All mounts of cgroup2 share them.
        package let options: [[UInt8]]
        /// Whether cgroup namespaces are delegation boundaries: see cgroups(7).
        package var nsdelegate: Bool { has("nsdelegate") }
        package var favordynmods: Bool { has("favordynmods") }

        private func has(_ option: String) -> Bool {
            options.contains { $0.elementsEqual(option.utf8) }
        }
    }

    package private(set) var unified: [Unified] = []
    /// Mounts of cgroup v1 hierarchies with controllers, which are then not available in cgroup2.
    package private(set) var legacy: [[UInt8]] = []

    /// - Parameter text: the contents of `/proc/self/mountinfo`. Lines of another form are skipped.
    package init(mountinfo text: [UInt8]) {
        for place in Lines(bytes: text) {
            guard let mount = MountInfo(text[place]) else { continue }
            if mount.type.elementsEqual("cgroup2".utf8), mount.root.elementsEqual([0x2f]) {
                let own = mount.options.filter {
                    !$0.elementsEqual("rw".utf8) && !$0.elementsEqual("ro".utf8)
                }
                unified.append(Unified(point: mount.point, options: own.map { Array($0) }))
            } else if mount.type.elementsEqual("cgroup".utf8),
                // A named hierarchy has no controllers.
                !mount.options.contains(where: { $0.starts(with: "name=".utf8) })
            {
                legacy.append(mount.point)
            }
        }
    }
}

extension CgroupMountInfo.Unified {
    /// The options to pass to mount(8), without those that a security module or the kernel adds.
    package var settable: [[UInt8]] {
        options.filter { !$0.contains(0x3d) && !$0.elementsEqual("seclabel".utf8) }
    }

    /// The command that adds nsdelegate. A remount removes all options that are not repeated.
    package var remount: String {
        let options = [Array("nsdelegate".utf8)] + settable
        return
            "mount -o remount,\(printable(Array(options.joined(separator: [0x2c])), limit: 4096)) "
            + printable(point, limit: 4096)
    }
}
