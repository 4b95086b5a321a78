internal import Linux

/// A place in the unified tree, counted from its root.
package struct CgroupPath: Equatable, Sendable {
    /// The names on the way; none for the root itself.
    package let names: [[UInt8]]

    package static let root = CgroupPath(names: [])

    package init(names: [[UInt8]]) { self.names = names }

    /// - Parameter bytes: `/` or `/a/b`. A path that leads out of what this process may see, `/../a`,
    ///   is none.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.first == 0x2f else { return nil }
        names = bytes.split(separator: 0x2f).map { Array($0) }
        let dots: [[UInt8]] = [[0x2e], [0x2e, 0x2e]]
        guard !names.contains(where: { dots.contains($0) || $0.contains(0) }) else { return nil }
    }

    /// The unified tree's line of `/proc/PID/cgroup`: `0::/path`.
    package static func membership(in text: [UInt8]) -> CgroupPath? {
        for place in Lines(bytes: text) {
            let line = text[place]
            if line.starts(with: "0::".utf8) { return CgroupPath(line.dropFirst(3)) }
        }
        return nil
    }

    package func appending(_ name: [UInt8]) -> CgroupPath { CgroupPath(names: names + [name]) }

    /// The same, with no slash before it: relative to the directory of the tree's root.
    package var relative: [UInt8] { Array(names.joined(separator: [0x2f])) }
}

extension CgroupPath: CustomStringConvertible {
    package var description: String { "/" + printable(relative, limit: 4096) }
}
