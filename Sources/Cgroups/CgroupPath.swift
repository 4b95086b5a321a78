internal import Linux

/// The path of a cgroup, from the root of the unified hierarchy.
package struct CgroupPath: Equatable, Sendable {
    /// The path components; none for the root.
    package let names: [[UInt8]]

    package static let root = CgroupPath(names: [])

    package init(names: [[UInt8]]) { self.names = names }

    /// - Parameter bytes: `/` or `/a/b`. `/../a`, outside this cgroup namespace, is invalid.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.first == 0x2f else { return nil }
        names = bytes.split(separator: 0x2f).map { Array($0) }
        let dots: [[UInt8]] = [[0x2e], [0x2e, 0x2e]]
        guard !names.contains(where: { dots.contains($0) || $0.contains(0) }) else { return nil }
    }

    /// Returns the path in the line `0::/path` of `/proc/PID/cgroup`.
    package static func membership(in text: [UInt8]) -> CgroupPath? {
        for place in Lines(bytes: text) {
            let line = text[place]
            if line.starts(with: "0::".utf8) { return CgroupPath(line.dropFirst(3)) }
        }
        return nil
    }

    /// The path without its first slash, relative to the root of the hierarchy.
    package var relative: [UInt8] { Array(names.joined(separator: [0x2f])) }
}

extension CgroupPath: CustomStringConvertible {
    package var description: String { "/" + UntrustedText(relative).escaped(upTo: 4096) }
}
