/// What dnsmasq is told for a network: only words that were made from checked values.
package struct Dnsmasq: Sendable {
    package let network: DesiredNetwork
    /// 0 where the port is somebody else's, or not wanted.
    package let dnsPort: UInt16
    /// Under whose name it works.
    package let user: String
    /// What containers ask instead when it is no name server.
    package let nameServers: [IPv4Address]

    package init(
        network: DesiredNetwork, dnsPort: UInt16, user: String, nameServers: [IPv4Address]
    ) {
        self.network = network
        self.dnsPort = dnsPort
        self.user = user
        self.nameServers = nameServers
    }

    package var arguments: [String] {
        let bridge = network.bridge
        var words = [
            // Hermetic: without this it reads the settings of the system's own dnsmasq.
            "--conf-file=\(network.dhcp.configurationFile ?? "/dev/null")"
        ]
        if let domain = network.dns.domain { words += ["-s", domain, "-S", "/\(domain)/"] }
        if !network.dhcp.pings { words.append("--no-ping") }
        words += [
            "-u", user, "--strict-order",
            // Not --bind-interfaces: that one answers also what reaches the address over another
            // interface, and does not find an address again that was away for a moment.
            "--bind-dynamic", "--pid-file=\(DnsmasqFiles.processFile(of: bridge))",
            "--except-interface=lo", "--interface=\(bridge)",
            "--dhcp-range="
                + ([network.dhcp.first.description, network.dhcp.last.description]
                + network.dhcp.details).joined(separator: ","),
            "--dhcp-lease-max=\(network.dhcp.maximum)", "--dhcp-no-override",
            "--dhcp-leasefile=\(DnsmasqFiles.leases(of: bridge))", "--dhcp-authoritative",
            "--dhcp-hostsfile=\(DnsmasqFiles.reservations(of: bridge))",
        ]
        if dnsPort != 53 { words.append("--port=\(dnsPort)") }
        // Where it is no name server at the port that clients ask, they are told of others.
        if dnsPort != 53, !nameServers.isEmpty {
            words.append(
                "--dhcp-option=6," + nameServers.map(\.description).joined(separator: ","))
        }
        if network.mtu != 1500 { words.append("--dhcp-option=26,\(network.mtu)") }
        // Containers choose addresses in a /64 only, and dnsmasq advertises no other.
        if let ipv6 = network.ipv6, network.advertisesRouter, ipv6.network.length == 64 {
            words.append("--dhcp-range=\(ipv6.address),ra-only")
        }
        return words
    }

    /// The file of reservations.
    package static func reservations(_ network: DesiredNetwork) -> String {
        network.dhcp.reservations.map { $0.line + "\n" }.joined()
    }
}
