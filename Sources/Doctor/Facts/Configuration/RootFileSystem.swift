internal import Linux
internal import UserFiles

/// The files in a container's root file system, found as the container would find them: its
/// symbolic links lead to other files of the container.
struct RootFileSystem {
    enum Found: Equatable, Sendable {
        case file(FileAttributes, at: UntrustedText)
        case missing
        /// Another mount hides what is there.
        case hidden
        case unread(UnreadReason)
    }

    struct Result: Equatable, Sendable {
        let found: Found
        /// The path in the container, without symbolic links.
        let path: UntrustedText
        /// Whether a part of the given path is a symbolic link.
        let hasLinks: Bool
        /// Whether the last part of the given path is a symbolic link.
        var isLink = false
    }

    /// The directories of the host, from bottom to top.
    let layers: [UntrustedText]
    /// The mount points in the container.
    var mountPoints: [[[UInt8]]] = []

    static func names(in path: UntrustedText) -> [[UInt8]] {
        path.bytes.split(separator: 0x2f).map { Array($0) }.filter { $0 != [0x2e] }
    }

    func find(
        _ path: UntrustedText, _ cache: inout PathCache, from files: inout some FileReader
    ) -> Result {
        var rest = Array(Self.names(in: path).reversed())
        var place: [[UInt8]] = []
        // As many links as the kernel follows: MAXSYMLINKS.
        var links = 0
        var isLink = false
        func result(_ found: Found) -> Result {
            Result(
                found: found, path: UntrustedText(Self.joined(place + rest.reversed())),
                hasLinks: links > 0, isLink: isLink)
        }
        while let name = rest.popLast() {
            if name == [0x2e, 0x2e] {
                place = Array(place.dropLast())
                continue
            }
            place.append(name)
            guard !mountPoints.contains(place) else { return result(.hidden) }
            guard let target = target(of: place, &cache, from: &files) else { continue }
            guard links < 40 else { return result(.missing) }
            links += 1
            if rest.isEmpty { isLink = true }
            place = target.first == 0x2f ? [] : Array(place.dropLast())
            rest += Self.names(in: UntrustedText(target)).reversed()
        }
        var outcome = Found.missing
        for layer in layers.reversed() {
            let path = layer.appending(UntrustedText(Self.joined(place)))
            switch cache.status(of: path, from: &files) {
            case .found(let file): return result(.file(file, at: path))
            case .missing: continue
            case .unread(let reason): outcome = .unread(reason)
            }
        }
        return result(outcome)
    }

    /// Those important files and directories that exist. Reading all would take too long.
    func samples(
        _ cache: inout PathCache, from files: inout some FileReader
    ) -> [PathFacts.Directory] {
        guard !layers.isEmpty else { return [] }
        return Self.importantPaths.compactMap { path in
            guard case .file(let file, let place) = find(path, &cache, from: &files).found else {
                return nil
            }
            return PathFacts.Directory(path: place, file: file)
        }
    }

    private static let importantPaths: [UntrustedText] = [
        "/etc", "/etc/init.d", "/etc/init.d/rcS", "/etc/inittab", "/etc/passwd", "/etc/shadow",
        "/etc/network/interfaces", "/etc/rc.conf", "/bin", "/bin/sh", "/sbin", "/sbin/init",
        "/lib", "/usr", "/usr/bin", "/usr/lib", "/usr/sbin", "/var", "/var/lib", "/var/log",
        "/run", "/tmp", "/root", "/dev", "/proc", "/sys",
    ]

    private func target(
        of place: [[UInt8]], _ cache: inout PathCache, from files: inout some FileReader
    ) -> [UInt8]? {
        for layer in layers.reversed() {
            let path = layer.appending(UntrustedText(Self.joined(place)))
            if let target = cache.target(of: path, from: &files) { return target }
        }
        return nil
    }

    private static func joined(_ names: [[UInt8]]) -> [UInt8] { names.flatMap { [0x2f] + $0 } }
}
