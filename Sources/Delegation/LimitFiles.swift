package import Cgroups
package import Linux

/// What the files of a cgroup say that nobody has limited.
package enum LimitFiles {
    /// The first file of a cgroup by which somebody has limited it.
    package static func firstLimit(
        of cgroup: borrowing Cgroup
    ) throws(Errno) -> (file: [UInt8], value: [UInt8])? {
        for file in try cgroup.directory.names() {
            guard let isUnlimited = rule(for: file) else { continue }
            let text: [UInt8]
            do throws(Errno) { text = try cgroup.directory.contents(of: file) } catch
                where error == .notFound
            { continue }
            if !isUnlimited(text) { return (file, text) }
        }
        return nil
    }

    /// Whether the text of such a file limits nothing; `nil` for a file that is no limit.
    package static func rule(for file: [UInt8]) -> (([UInt8]) -> Bool)? {
        // How many cgroups there may be is not what a process would escape.
        if file.starts(with: "cgroup.max.".utf8) { return nil }
        for (name, usual) in fixed where file.elementsEqual(name.utf8) {
            return { text in
                text.split(whereSeparator: isGap).joined(separator: [0x20]).elementsEqual(
                    usual.utf8)
            }
        }
        if file.elementsEqual("cpu.max".utf8) {
            return { $0.starts(with: "max".utf8) }
        }
        guard let last = file.split(separator: 0x2e).last,
            last.elementsEqual("max".utf8) || last.elementsEqual("high".utf8)
        else { return nil }
        return { text in Lines(bytes: text).allSatisfy { values(in: text[$0]).allSatisfy(isMax) } }
    }

    /// As a new cgroup has them: see "Interface Files" in the kernel's cgroup-v2.
    private static var fixed: [(String, String)] {
        [
            ("cgroup.freeze", "0"), ("cpu.idle", "0"), ("cpu.weight", "100"),
            ("cpuset.cpus", ""), ("cpuset.cpus.exclusive", ""), ("cpuset.mems", ""),
            ("io.bfq.weight", "default 100"), ("io.latency", ""), ("io.prio.class", "no-change"),
            ("io.weight", "default 100"),
        ]
    }

    /// Puts a file back to what it says in a new cgroup.
    static func restore(_ file: [UInt8], in cgroup: borrowing Cgroup) throws(Errno) {
        for usual in Limit.usual where usual.file == file {
            return try cgroup.directory.write(usual.value, to: file)
        }
        for (name, usual) in fixed where file.elementsEqual(name.utf8) {
            // An empty write would reach no driver.
            return try cgroup.directory.write(Array("\(usual)\n".utf8), to: file)
        }
        let last = file.split(separator: 0x2e).last ?? []
        guard last.elementsEqual("max".utf8) || last.elementsEqual("high".utf8) else {
            return try cgroup.directory.write([0x30], to: file)
        }
        let isKeyless = file.elementsEqual("cpu.max".utf8)
        let text = try cgroup.directory.contents(of: file)
        for place in Lines(bytes: text) {
            let words = text[place].split(whereSeparator: isGap)
            guard !isKeyless, words.count > 1 else {
                try cgroup.directory.write(max, to: file)
                continue
            }
            let unbound = words[1...].map { word in
                word.contains(0x3d) ? Array(word.prefix { $0 != 0x3d }) + [0x3d] + max : max
            }
            let line = ([Array(words[0])] + unbound).joined(separator: [0x20])
            try cgroup.directory.write(Array(line), to: file)
        }
    }

    /// `max`, `8:0 rbps=max`, `drm/card0 max`: what stands where a number could.
    private static func values(in line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let words = line.split(whereSeparator: isGap)
        return (words.count > 1 ? words[1...] : words[...]).map { word in
            guard let equals = word.firstIndex(of: 0x3d) else { return word }
            return word[(equals + 1)...]
        }
    }

    private static var max: [UInt8] { Array("max".utf8) }

    /// Some files of hugetlb's show the largest number that the kernel can count to.
    private static func isMax(_ value: ArraySlice<UInt8>) -> Bool {
        value.elementsEqual(max) || decimal(value, upTo: .max).map { $0 >= 1 << 62 } ?? false
    }

    private static func isGap(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a }
}
