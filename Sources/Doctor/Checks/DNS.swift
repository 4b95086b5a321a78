internal import Network

/// Whether dnsmasq serves addresses and names on the bridge.
enum DNS: Check {
    static let name = "dns"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.map { network in
            let bridge = network.bridge
            guard network.needsDnsmasq else {
                return .ok(
                    bridge, "DHCP and DNS are switched off: containers need a static address")
            }
            if let holder = network.portHolder {
                let isServed = network.dnsmasq != nil
                let effect = isServed ? "get DHCP but no DNS" : "get neither DHCP nor DNS"
                return Finding(
                    isServed ? .warning : .problem,
                    "port \(network.configuredDNSPort) for \(bridge)",
                    "\(holder) uses it, so containers \(effect)",
                    portFixes(network, facts))
            }
            guard facts.network.hasDnsmasq else {
                return .problem(
                    "dnsmasq", "it is not installed, so containers on \(bridge) get no address",
                    facts.installation.hasApt
                        ? .command("apt-get install dnsmasq-base", by: .root)
                        : .advice("install the package dnsmasq"))
            }
            guard let process = network.dnsmasq else {
                return .warning(
                    bridge,
                    "dnsmasq is not running, so containers need a static address",
                    .command(facts.serviceCommand(restart: true), by: .root))
            }
            return .ok(bridge, "dnsmasq runs as process \(process)")
        }
    }

    private static func portFixes(
        _ network: NetworkStatus, _ facts: Facts
    ) -> [Fix] {
        let advice = "stop that program, or configure it not to use the bridge's address"
        // LXC_DNS_PORT is a setting of berth-net, which the script of lxc-net ignores.
        guard facts.installation.hasBerthNet, network.bridge == "lxcbr0" else {
            return [.advice("\(advice), and restart the network service")]
        }
        return [
            .advice("\(advice); or disable DNS on the bridge:"),
            .line(#"LXC_DNS_PORT="0""#, to: "/etc/default/lxc-net", by: .root),
            .command("berth-net reload", by: .root),
        ]
    }
}
