internal import HostPaths
internal import Linux

/// The host's `/etc/resolv.conf`, which dnsmasq reads without root's rights.
struct ResolvConfFacts: Equatable, Sendable {
    /// The target of a symbolic link that leads to no file.
    var danglingTarget: UntrustedText?
    /// Whether users other than root may read it.
    var isReadableByAll = true
    /// Lines that begin like those for name servers, and name none.
    var invalidLines: [Int] = []

    static func observe() -> ResolvConfFacts {
        let path = Paths.resolvConf
        guard let file = (try? FileAttributes(of: path)) ?? nil else {
            let target = try? SmallFile.target(of: path)
            return ResolvConfFacts(danglingTarget: target.map { UntrustedText($0) })
        }
        let bytes = contents(of: path)
        return ResolvConfFacts(
            isReadableByAll: file.mode & 0o004 != 0, invalidLines: invalidLines(in: bytes))
    }

    static func invalidLines(in file: [UInt8]) -> [Int] {
        zip(Lines(bytes: file), 1...).compactMap { line, number in
            let line = Array(file[line])
            guard words(of: line[...]).first?.starts(with: "nameserver".utf8) ?? false,
                NameServerFacts.addresses(in: line).isEmpty
            else { return nil }
            return number
        }
    }
}
