package import Cgroups
package import Linux

/// The files of a cgroup that set limits, such as memory.max, memory.high, memory.swap.max and
/// io.max, and their values in a new cgroup, which limit nothing.
package enum LimitFiles {
    /// The first file of a cgroup that limits it.
    package static func firstLimit(
        of cgroup: borrowing Cgroup
    ) throws(Errno) -> (file: [UInt8], value: [UInt8])? {
        for file in try cgroup.directory.names() {
            guard let rule = rule(for: file) else { continue }
            let text: [UInt8]
            do throws(Errno) { text = try cgroup.directory.contents(of: file) } catch
                where error == .ENOENT
            { continue }
            if rule.restricts(text) { return (file, text) }
        }
        return nil
    }

    /// How the contents of a limit file are read.
    package struct Rule {
        /// Whether the contents are those in a new cgroup.
        package let isInitial: ([UInt8]) -> Bool
        fileprivate var isWeight = false

        /// Whether processes would escape a limit by leaving a cgroup with these contents. A weight
        /// above the initial one, such as 9800 of finit's cgroup `system`, favors them.
        package func restricts(_ text: [UInt8]) -> Bool {
            guard !isInitial(text) else { return false }
            guard isWeight else { return true }
            return decimal(text.prefix { $0 != 0x0a }, upTo: 10_000).map { $0 < 100 } ?? true
        }
    }

    /// - Returns: `nil` if the file never sets a limit.
    package static func rule(for file: [UInt8]) -> Rule? {
        // Limits on the number of cgroups do not restrict the processes in them.
        if file.starts(with: "cgroup.max.".utf8) { return nil }
        for (name, initial) in initialValues where file.elementsEqual(name.utf8) {
            return Rule(
                isInitial: { text in
                    text.split(whereSeparator: isSeparator).joined(separator: [0x20]).elementsEqual(
                        initial.utf8)
                }, isWeight: file.elementsEqual("cpu.weight".utf8))
        }
        if file.elementsEqual("cpu.max".utf8) {
            return Rule { $0.starts(with: "max".utf8) }
        }
        guard let last = file.split(separator: 0x2e).last,
            last.elementsEqual("max".utf8) || last.elementsEqual("high".utf8)
        else { return nil }
        return Rule { text in
            Lines(bytes: text).allSatisfy { values(in: text[$0]).allSatisfy(isMax) }
        }
    }

    /// The values in a new cgroup: see "Interface Files" in the kernel's cgroup-v2.rst.
    private static var initialValues: [(String, String)] {
        [
            ("cgroup.freeze", "0"), ("cpu.idle", "0"), ("cpu.weight", "100"),
            ("cpuset.cpus", ""), ("cpuset.cpus.exclusive", ""), ("cpuset.mems", ""),
            ("io.bfq.weight", "default 100"), ("io.latency", ""), ("io.prio.class", "no-change"),
            ("io.weight", "default 100"),
        ]
    }

    /// Resets a file to its value in a new cgroup, or to Berth's default.
    static func reset(_ file: [UInt8], in cgroup: borrowing Cgroup) throws(Errno) {
        for limit in Limit.defaults where limit.file == file {
            return try cgroup.directory.write(limit.value, to: file)
        }
        for (name, initial) in initialValues where file.elementsEqual(name.utf8) {
            // The kernel ignores an empty write.
            return try cgroup.directory.write(Array("\(initial)\n".utf8), to: file)
        }
        let last = file.split(separator: 0x2e).last ?? []
        guard last.elementsEqual("max".utf8) || last.elementsEqual("high".utf8) else {
            return try cgroup.directory.write([0x30], to: file)
        }
        let isKeyless = file.elementsEqual("cpu.max".utf8)
        let text = try cgroup.directory.contents(of: file)
        for place in Lines(bytes: text) {
            let words = text[place].split(whereSeparator: isSeparator)
            guard !isKeyless, words.count > 1 else {
                try cgroup.directory.write(max, to: file)
                continue
            }
            let unlimited = words[1...].map { word in
                word.contains(0x3d) ? Array(word.prefix { $0 != 0x3d }) + [0x3d] + max : max
            }
            let line = ([Array(words[0])] + unlimited).joined(separator: [0x20])
            try cgroup.directory.write(Array(line), to: file)
        }
    }

    /// The values in a line such as `max`, `8:0 rbps=max` or `drm/card0 max`.
    private static func values(in line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let words = line.split(whereSeparator: isSeparator)
        return (words.count > 1 ? words[1...] : words[...]).map { word in
            guard let equals = word.firstIndex(of: 0x3d) else { return word }
            return word[(equals + 1)...]
        }
    }

    private static var max: [UInt8] { Array("max".utf8) }

    /// Some hugetlb files show the kernel's largest number instead of `max`.
    private static func isMax(_ value: ArraySlice<UInt8>) -> Bool {
        value.elementsEqual(max) || decimal(value, upTo: .max).map { $0 >= 1 << 62 } ?? false
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a }
}
