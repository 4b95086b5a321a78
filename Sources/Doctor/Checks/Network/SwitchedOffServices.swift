internal import Linux
internal import Network

/// Whether DHCP, DNS and NAT are switched off in the settings although a container depends on them.
enum SwitchedOffServices: Check {
    static let name = "switched-off"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            guard let desired = network.desired else { return [] }
            return addresses(network, desired, facts) + names(network, desired, facts)
                + translation(network, desired, facts)
        }
    }

    private static func setting(_ line: String, _ network: NetworkStatus) -> [Fix] {
        [
            network.settingsFile.map { .line(line, to: $0, by: .root) }
                ?? .advice("as root, add \(line) to the settings of \(network.bridge)"),
            .command("berth-net reload", by: .root),
        ]
    }

    private static func addresses(
        _ network: NetworkStatus, _ desired: DesiredNetwork, _ facts: Facts
    ) -> [Finding] {
        // A LAN has a DHCP server of its own.
        guard desired.dhcp.isDisabled, desired.uplink == nil, let ipv4 = desired.ipv4 else {
            return []
        }
        let isRunningWithout = facts.runningNICs.contains {
            $0.attachedTo == network.bridge && $0.inside?.addresses.isEmpty ?? false
        }
        let isWithout = facts.config.nics.contains { nic in
            nic.link.map { $0 == network.bridge } ?? false && nic.addresses.isEmpty
        }
        guard isRunningWithout || facts.target.container != nil && isWithout else { return [] }
        return [
            Finding(
                isRunningWithout ? .problem : .warning, "LXC_DHCP of \(network.bridge)",
                "DHCP is switched off, and \(facts.config.path.quoted) sets no "
                    + "lxc.net.N.ipv4.address, so the container gets no address unless its own "
                    + "system sets one",
                [
                    .advice(
                        "set lxc.net.N.ipv4.address and lxc.net.N.ipv4.gateway = "
                            + "\(ipv4.address) for the container; or switch DHCP on:")
                ] + setting(#"LXC_DHCP="true""#, network))
        ]
    }

    private static func names(
        _ network: NetworkStatus, _ desired: DesiredNetwork, _ facts: Facts
    ) -> [Finding] {
        guard desired.dns.port == 0, !desired.dhcp.isDisabled, desired.dns.managesNames else {
            return []
        }
        return [
            Finding(
                .warning, "LXC_DNS_PORT of \(network.bridge)",
                "DNS is switched off, so containers have no names",
                setting(#"LXC_DNS_PORT="53""#, network))
        ]
    }

    private static func translation(
        _ network: NetworkStatus, _ desired: DesiredNetwork, _ facts: Facts
    ) -> [Finding] {
        guard let ipv4 = desired.ipv4, !ipv4.translates, desired.uplink == nil else { return [] }
        return [
            Finding(
                .warning, "LXC_NAT of \(network.bridge)",
                "NAT is switched off, so other hosts answer containers only if they have a route "
                    + "to \(ipv4.network) through this host",
                [.advice("add this route on the router; or switch NAT on:")]
                    + setting(#"LXC_NAT="true""#, network))
        ]
    }
}
