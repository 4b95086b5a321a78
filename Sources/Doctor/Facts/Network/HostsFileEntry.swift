internal import Linux
internal import Network

/// A line of `/etc/hosts`, whose names dnsmasq serves to containers.
struct HostsFileEntry: Equatable, Sendable {
    let line: Int
    let address: String
    /// In lower case.
    let names: [String]

    static let path = "/etc/hosts"

    static func all() -> [HostsFileEntry] {
        parse((try? SmallFile.start(of: path, atMost: 1 << 20)) ?? nil ?? [])
    }

    static func parse(_ bytes: [UInt8]) -> [HostsFileEntry] {
        var entries: [HostsFileEntry] = []
        var number = 0
        for line in Lines(bytes: bytes) {
            number += 1
            let fields = words(of: bytes[line].prefix { $0 != 0x23 })
                .map { String(decoding: $0, as: UTF8.self) }
            guard fields.count > 1 else { continue }
            entries.append(
                HostsFileEntry(
                    line: number, address: fields[0],
                    names: fields.dropFirst().map { $0.lowercased() }))
        }
        return entries
    }
}
