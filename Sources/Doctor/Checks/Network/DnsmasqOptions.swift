internal import Linux
internal import Network

/// Whether an option in the administrator's file for dnsmasq (`LXC_DHCP_CONFILE`) prevents
/// containers from getting an address, a route, a name server or answers.
enum DnsmasqOptions: Check {
    static let name = "dnsmasq-options"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            let options = facts.packetPath.dnsmasqOptions[network.bridge] ?? []
            guard let desired = network.desired, !options.isEmpty else { return [] }
            let findings = options.prefix(2048).compactMap { option in
                effect(of: option, on: desired, among: options, facts).map { severity, effect in
                    finding(option, severity, effect, network, facts)
                }
            }
            return findings.isEmpty
                ? [
                    .ok(
                        options[0].place.file,
                        "none of its options prevents containers from "
                            + "getting an address, a route or an answer")
                ]
                : Array(findings.prefix(16))
        }
    }

    private static func finding(
        _ option: DnsmasqFile.Option, _ severity: Finding.Verdict, _ effect: String,
        _ network: NetworkStatus, _ facts: Facts
    ) -> Finding {
        let text = UntrustedText(option.name + (option.value.map { "=" + $0 } ?? "")).quoted
        return Finding(
            severity, option.place.description, "\(text): \(effect)",
            [
                .advice(
                    "as root, remove or correct this line; then run "
                        + (facts.installation.hasBerthNet
                            ? "berth-net reload"
                            : "the command that restarts the dnsmasq of \(network.bridge)"))
            ])
    }

    private typealias Effect = (Finding.Verdict, String)

    private static func effect(
        of option: DnsmasqFile.Option, on network: DesiredNetwork,
        among options: [DnsmasqFile.Option], _ facts: Facts
    ) -> Effect? {
        let bridge = network.bridge.description
        let fields = (option.value ?? "").split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0).trimmed }
        func hasBridge() -> Bool {
            fields.contains { name in
                name.hasSuffix("*") ? bridge.hasPrefix(name.dropLast()) : name == bridge
            }
        }
        switch option.name {
        case "dhcp-ignore":
            return (.problem, "clients that match get no address")
        case "dhcp-host" where fields.contains("ignore"):
            return (.warning, "this client gets no address")
        case "no-dhcp-interface", "no-dhcpv4-interface":
            return hasBridge() ? (.problem, "containers on \(bridge) get no address") : nil
        case "except-interface":
            return hasBridge()
                ? (.problem, "containers on \(bridge) get neither addresses nor names") : nil
        case "dhcp-alternate-port":
            return (.problem, "DHCP clients send to port 67, and get no answer")
        case "dhcp-relay": return nil
        case "dhcp-option", "dhcp-option-force": return dhcpOption(fields, network)
        case "dhcp-range": return range(fields, network)
        case "port":
            guard network.dns.port == 53, fields.first != "53" else { return nil }
            return (
                .problem,
                fields.first == "0"
                    ? "dnsmasq serves no names" : "containers ask for names at port 53"
            )
        case "no-resolv":
            let hasServer = options.contains {
                ["server", "local", "servers-file", "rev-server"].contains($0.name)
                    && !($0.value ?? "").hasPrefix("/")
            }
            return hasServer
                ? nil
                : (.warning, "dnsmasq asks no other server, so containers resolve no other names")
        case "address", "local", "server", "host-record", "cname":
            return answers(option.name, fields, option.value ?? "", network)
        case "stop-dns-rebind":
            return (.warning, "answers with addresses of private networks are dropped")
        case "filter-A": return (.problem, "names have no IPv4 addresses")
        default: return nil
        }
    }

    /// Options that the containers' network depends on: see RFC 2132.
    private static func dhcpOption(_ fields: [String], _ network: DesiredNetwork) -> Effect? {
        let keys = ["tag:", "encap:", "vi-encap:", "vendor:", "set:"]
        let rest = fields.drop { field in keys.contains { field.hasPrefix($0) } }
        guard let key = rest.first, !fields.contains(where: { $0.contains("encap:") }) else {
            return nil
        }
        let values = rest.dropFirst().filter { !$0.isEmpty }
        switch key {
        case "3", "option:router":
            guard let router = values.first else {
                return (.problem, "containers get no default route")
            }
            guard let ipv4 = network.ipv4, router != ipv4.address.description, router != "0.0.0.0"
            else {
                return nil
            }
            return (
                .problem,
                "containers use this router instead of \(ipv4.address), the address of "
                    + "\(network.bridge)"
            )
        case "6", "option:dns-server":
            return values.isEmpty ? (.problem, "containers get no name server") : nil
        case "1", "option:netmask":
            guard let range = network.ipv4?.network else { return nil }
            let mask = IPv4Address(
                number: range.length == 0 ? 0 : ~UInt32(0) << (32 - UInt32(range.length)))
            return values.first.map { $0 == mask.description } ?? false
                ? nil : (.problem, "\(range) has the netmask \(mask)")
        case "26", "option:mtu":
            guard let mtu = values.first.flatMap({ Int($0) }), !(576...9216).contains(mtu) else {
                return nil
            }
            return (.problem, "containers do not work with this MTU")
        default: return nil
        }
    }

    /// A range that is not on the network: dnsmasq leases no address of it there.
    private static func range(_ fields: [String], _ network: DesiredNetwork) -> Effect? {
        let keys = ["tag:", "set:", "net:", "interface:"]
        guard let first = fields.first(where: { field in !keys.contains { field.hasPrefix($0) } }),
            let address = IPv4Address(first), let range = network.ipv4?.network,
            !range.contains(address)
        else { return nil }
        return (
            .warning,
            "the range is not in \(range), so no container on \(network.bridge) "
                + "gets its addresses"
        )
    }

    /// Options that answer for every name, or for those of containers.
    private static func answers(
        _ option: String, _ fields: [String], _ value: String, _ network: DesiredNetwork
    ) -> Effect? {
        guard value.hasPrefix("/") else {
            guard let domain = network.dns.domain, option == "host-record" || option == "cname",
                fields.contains(where: { $0.lowercased().hasSuffix(".\(domain)") })
            else { return nil }
            return (.warning, "this name is in \(domain), the domain of containers")
        }
        let parts = value.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let domains = parts.dropLast().map { $0.lowercased() }
        if option == "address", domains.contains("#") {
            return (.problem, "every name has this address")
        }
        if domains.contains("#"), parts.last?.isEmpty ?? true {
            return (.problem, "no other name is resolved")
        }
        guard let own = network.dns.domain, parts.last.map({ !$0.isEmpty && $0 != "#" }) ?? false,
            domains.contains(where: { $0 == own || $0.hasSuffix(".\(own)") })
        else { return nil }
        return (
            .warning,
            option == "address"
                ? "this address takes precedence for names of containers"
                : "another server is asked for names of containers"
        )
    }
}
