internal import Identity
internal import Linux

/// The options in the administrator's configuration file for dnsmasq and in the files that it
/// includes. Some of them affect how berth-net starts dnsmasq, or prevent dnsmasq from starting.
///
/// `dnsmasq --test` reads the same files, but it accepts options with which dnsmasq does not start.
package struct DnsmasqFile: Sendable {
    package struct Option: Hashable, Sendable {
        package let name: String
        package let value: String?
        package let place: SettingLocation
    }

    package private(set) var options: [Option] = []
    /// The paths and contents of all files, for the digest.
    private var contents: [UInt8] = []
    private var fileCount = 0

    /// The files and directories that are read.
    package struct Source {
        package let contents: (String) -> [UInt8]?
        package let names: (String) -> [String]

        package init(
            contents: @escaping (String) -> [UInt8]?, names: @escaping (String) -> [String]
        ) {
            self.contents = contents
            self.names = names
        }

        package static var host: Source {
            Source(
                contents: { path in (try? SmallFile.contents(of: path)) ?? nil },
                names: { path in (try? SmallFile.names(in: path)) ?? [] })
        }
    }

    package init(_ path: String, from source: Source) { read(path, source, depth: 0) }

    package var digest: String { SHA256.hexDigest(contents) }

    /// Whether dnsmasq binds only to the addresses that exist when it starts. This cannot be
    /// combined with `--bind-dynamic`.
    package var bindsInterfaces: Bool { self["bind-interfaces"] != nil }

    /// Whether the file tells dnsmasq not to serve the names in /etc/hosts.
    package var omitsHostNames: Bool { self["no-hosts"] != nil }

    /// The addresses besides those of the bridge on which dnsmasq serves DNS.
    package var listenAddresses: [[UInt8]] {
        options.filter { $0.name == "listen-address" }
            .flatMap { ($0.value ?? "").split(separator: ",") }
            .compactMap { text in
                IPv4Address(String(text))?.bytes ?? IPv6Address(String(text))?.bytes
            }
    }

    /// The names that the administrator gives to clients, with `dhcp-host`, or to addresses.
    package var clientNames: [String] {
        options.flatMap { option -> [String] in
            let fields = (option.value ?? "").split(separator: ",").map { $0.trimmed }
            return switch option.name {
            case "dhcp-host": fields.filter { HostName.isLabel($0) && Int($0) == nil }
            case "host-record", "cname": fields.filter { IPv4Address($0) == nil }
            default: []
            }
        }
    }

    package subscript(_ name: String) -> Option? { options.first { $0.name == name } }

    // There are limits because a file can include the directory that contains it. dnsmasq's own
    // limits are higher.
    private static let maximumDepth = 8
    private static let maximumFileCount = 256

    private mutating func read(_ path: String, _ source: Source, depth: Int) {
        fileCount += 1
        guard depth < Self.maximumDepth, fileCount <= Self.maximumFileCount,
            let bytes = source.contents(path)
        else { return }
        contents += Array(path.utf8) + [0] + bytes + [0]
        var line = 0
        for text in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
            line += 1
            guard
                let (name, value) = Self.option(String(decoding: text, as: UTF8.self))
            else { continue }
            options.append(
                Option(name: name, value: value, place: SettingLocation(file: path, line: line)))
            guard let value else { continue }
            switch name {
            case "conf-file": read(value, source, depth: depth + 1)
            case "conf-dir":
                for file in Self.files(of: value, source) {
                    read(file, source, depth: depth + 1)
                }
            default: break
            }
        }
    }

    /// Parses `NAME`, `NAME=VALUE` and comments, which begin at the start of a word.
    private static func option(_ line: String) -> (name: String, value: String?)? {
        var text = ""
        var isQuoted = false
        var isAtStart = true
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
                isAtStart = false
                continue
            }
            if !isQuoted, isAtStart, character == "#" { break }
            isAtStart = !isQuoted && character.isWhitespace
            text.append(character)
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmed }
        guard let name = parts.first, !name.isEmpty else { return nil }
        return (name, parts.count == 2 ? parts[1] : nil)
    }

    /// The files that `DIRECTORY[,SUFFIX…]` includes: a suffix after `*` selects the files whose
    /// names end with it, and any other suffix excludes them.
    private static func files(of value: String, _ source: Source) -> [String] {
        let parts = value.split(separator: ",").map { $0.trimmed }
        guard let directory = parts.first else { return [] }
        let selected = parts.dropFirst().filter { $0.hasPrefix("*") }.map { $0.dropFirst() }
        let excluded = parts.dropFirst().filter { !$0.hasPrefix("*") }
        return source.names(directory).filter { name in
            !name.hasSuffix("~") && !(name.hasPrefix("#") && name.hasSuffix("#"))
                && (selected.isEmpty || selected.contains { name.hasSuffix($0) })
                && !excluded.contains { name.hasSuffix($0) }
        }
        .map { "\(directory)/\($0)" }
    }
}
