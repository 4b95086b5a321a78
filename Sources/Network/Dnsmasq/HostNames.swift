/// The names in /etc/hosts, as dnsmasq serves them to containers: without those of loopback
/// addresses, which would lead a container to itself.
package struct HostNames: Sendable, Equatable {
    private struct Line: Equatable, Sendable {
        let address: String
        let names: [String]
        let isLoopback: Bool
    }

    private var lines: [Line] = []
    /// The names of this host itself, the canonical one first.
    package private(set) var own: [String] = []

    /// No names.
    package init() {}

    /// - Parameter hosts: the contents of /etc/hosts.
    /// - Parameter hostName: the name of this host, with or without a domain.
    package init(hosts: String, hostName: String) {
        lines = hosts.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, let isLoopback = Self.isLoopback(String(words[0])) else {
                return nil
            }
            return Line(
                address: String(words[0]), names: words.dropFirst().map(String.init),
                isLoopback: isLoopback)
        }
        let label = Self.label(hostName)
        guard HostName.isDomain(hostName), label != "localhost" else { return }
        let given = hostName == label ? [hostName] : [hostName, label]
        // A line with the host's name may also contain the name with its domain.
        let listed = lines.filter { line in line.names.contains { Self.contains(given, $0) } }
            .flatMap(\.names).filter { Self.isEqual(Self.label($0), label) }
        for name in listed + given where !Self.contains(own, name) { own.append(name) }
    }

    /// The contents of a hosts file for the containers of a network, with the bridge's addresses as
    /// those of this host. dnsmasq does not serve a container's own host name if
    /// the file contains that name.
    package func file(for network: DesiredNetwork) -> String {
        let addresses =
            (network.ipv4.map { [$0.address.description] } ?? [])
            + (network.ipv6.map { [$0.address.description] } ?? [])
        let host = own.isEmpty ? [] : addresses.map { ($0, own) }
        let others = lines.filter { !$0.isLoopback }
            .map { line in (line.address, line.names.filter { !Self.contains(own, $0) }) }
        let local =
            [("127.0.0.1", ["localhost"])] + (network.ipv6 == nil ? [] : [("::1", ["localhost"])])
        return (local + host + others).filter { !$0.1.isEmpty }
            .map { address, names in
                ([address] + Self.qualified(names, network.dns.domain)).joined(separator: " ")
                    + "\n"
            }
            .joined()
    }

    /// The names and, for each one without a domain, also the name with the network's domain
    /// appended, because the resolvers in containers try that first.
    private static func qualified(_ names: [String], _ domain: String?) -> [String] {
        guard let domain else { return names }
        let more = names.filter { !$0.contains(".") }.map { "\($0).\(domain)" }
        return names + more.filter { !contains(names, $0) }
    }

    /// - Returns: `nil` if it is not an address.
    private static func isLoopback(_ text: String) -> Bool? {
        if let address = IPv4Address(text) { return address.number >> 24 == 127 }
        guard let address = IPv6Address(text) else { return nil }
        // ::1, and 127.0.0.0/8 mapped into IPv6.
        return address.number == 1 || address.number >> 24 == 0xffff_7f
    }

    private static func label(_ name: String) -> String { String(name.prefix { $0 != "." }) }

    private static func contains(_ names: [String], _ name: String) -> Bool {
        names.contains { isEqual($0, name) }
    }

    private static func isEqual(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && one.lowercased() == other.lowercased()
    }
}
