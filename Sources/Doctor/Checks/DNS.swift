/// Whether the bridge's own server gives addresses and names.
enum DNS: Check {
    static let name = "dns"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.map { network in
            let port = network.dnsPort
            let isServed = network.dnsmasq != nil
            if let holder = network.portHolder {
                let loss = isServed ? "DHCP and no DNS" : "neither DHCP nor DNS"
                return Finding(
                    isServed ? .warning : .problem, "port \(port) for \(network.bridge)",
                    "it is held by \(holder), so containers have \(loss)",
                    fixes(network, facts))
            }
            guard facts.network.hasDnsmasq else {
                return .problem(
                    "dnsmasq",
                    "it is not installed, so containers on \(network.bridge) get no address",
                    facts.installation.hasApt
                        ? .command("apt-get install dnsmasq-base", by: .root)
                        : .advice("install the package dnsmasq"))
            }
            guard let process = network.dnsmasq else {
                return .warning(
                    network.bridge,
                    "no dnsmasq runs for it, so containers need an address in their configuration",
                    .command(facts.start(restart: true), by: .root))
            }
            return .ok(network.bridge, "dnsmasq is process \(process)")
        }
    }

    private static func fixes(_ network: NetworkFacts.Network, _ facts: Facts) -> [Fix] {
        // A setting of ours, which lxc-net's own script does not know.
        guard facts.installation.hasBerthNet, network.bridge == "lxcbr0" else {
            return [
                .advice(
                    "end that program, or keep it off the bridge's address, and start the service")
            ]
        }
        return [
            .advice(
                "end that program, or keep it off the bridge's address; or do without DNS there:"),
            .line(#"LXC_DNS_PORT="0""#, to: "/etc/default/lxc-net", by: .root),
            .command("berth-net reload", by: .root),
        ]
    }
}
