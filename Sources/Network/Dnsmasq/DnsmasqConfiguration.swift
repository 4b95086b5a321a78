/// The configuration of a network's dnsmasq, made of validated values only.
package struct DnsmasqConfiguration: Sendable {
    package let network: DesiredNetwork
    /// 0 if DNS is off, or another program holds the port.
    package let dnsPort: UInt16
    /// The account that it runs as.
    package let user: String
    /// The name servers for containers if it does not serve DNS on port 53.
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
            // Without this it would read the configuration of the system's dnsmasq.
            "--conf-file=\(network.dhcp.configurationFile ?? "/dev/null")"
        ]
        if let domain = network.dns.domain { words += ["-s", domain, "-S", "/\(domain)/"] }
        if !network.dhcp.pings { words.append("--no-ping") }
        words += [
            "-u", user, "--strict-order",
            // Not --bind-interfaces, which also answers requests that reach the address through
            // another interface, and loses an address that is removed and added again.
            "--bind-dynamic", "--pid-file=\(DnsmasqPaths.processFile(of: bridge))",
            "--except-interface=lo", "--interface=\(bridge)",
            "--dhcp-range="
                + ([network.dhcp.first.description, network.dhcp.last.description]
                + network.dhcp.details).joined(separator: ","),
            "--dhcp-lease-max=\(network.dhcp.maximum)", "--dhcp-no-override",
            "--dhcp-leasefile=\(DnsmasqPaths.leases(of: bridge))", "--dhcp-authoritative",
            "--dhcp-hostsfile=\(DnsmasqPaths.reservations(of: bridge))",
        ]
        if dnsPort != 53 {
            words.append("--port=\(dnsPort)")
            if !nameServers.isEmpty {
                words.append(
                    "--dhcp-option=6," + nameServers.map(\.description).joined(separator: ","))
            }
        }
        if network.mtu != 1500 { words.append("--dhcp-option=26,\(network.mtu)") }
        // Router advertisements (RA). With "ra-only", dnsmasq does not need enable-ra. Containers
        // configure addresses only in a /64, and dnsmasq advertises no other prefix.
        if let ipv6 = network.ipv6, network.advertisesRouter, ipv6.network.length == 64 {
            words.append("--dhcp-range=\(ipv6.address),ra-only")
        }
        return words
    }

    /// The contents of the hosts file.
    package static func reservations(_ network: DesiredNetwork) -> String {
        network.dhcp.reservations.map { $0.line + "\n" }.joined()
    }
}
