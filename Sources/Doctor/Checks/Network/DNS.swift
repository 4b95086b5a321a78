internal import Linux
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
            // The port is in use by its own dnsmasq, whose PID file was removed: see
            // "network-settings".
            if network.hasLostState, network.dnsmasq == nil {
                return .unknown(
                    bridge, "the state of berth-net is missing, so its dnsmasq is not known")
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
                    facts.installation.install(.dnsmasq))
            }
            guard let process = network.dnsmasq else {
                if facts.kernel.hidesProcesses {
                    return .unknown(
                        bridge, "proc is mounted with hidepid, so only root sees dnsmasq")
                }
                return stopped(network, facts)
            }
            return silence(network, process, facts)
                ?? .ok(bridge, "dnsmasq runs as process \(process)")
        }
    }

    private static func stopped(_ network: NetworkStatus, _ facts: Facts) -> Finding {
        let holder = network.leaseRange == nil ? nil : facts.packetPath.otherDHCPServer
        let needsLease = facts.config.nics.contains { nic in
            nic.link.map { $0 == network.bridge } ?? false && nic.addresses.isEmpty
        }
        let isMissed = network.leaseRange != nil && facts.target.container != nil && needsLease
        return Finding(
            isMissed ? .problem : .warning, network.bridge,
            "dnsmasq is not running, so containers need a static address"
                + (holder.map { "; \($0) uses the DHCP server port, 67" } ?? ""),
            (holder.map { _ in
                [.advice("stop that program, or configure it not to serve all interfaces; then:")]
            } ?? []) + [facts.networkService(.restart)])
    }

    /// Why a running dnsmasq does not serve the network.
    private static func silence(
        _ network: NetworkStatus, _ process: Int32, _ facts: Facts
    ) -> Finding? {
        guard let server = facts.packetPath.servers[network.bridge] else { return nil }
        let place = "dnsmasq of \(network.bridge)"
        let result = "so containers get no address and resolve no names"
        if let cgroup = server.frozenCgroup {
            return .problem(
                place, "process \(process) is in the frozen cgroup \(cgroup.quoted), \(result)",
                cgroup.shellWord.map { .command("echo 0 >\($0)/cgroup.freeze", by: .root) }
                    ?? .advice("thaw the cgroup: write 0 to its file cgroup.freeze"))
        }
        if server.isStopped {
            return .problem(
                place, "process \(process) is stopped by a signal, \(result)",
                .command("kill -CONT \(process)", by: .root))
        }
        let restart = facts.installation.restartDnsmasq
        if network.leaseRange != nil,
            !server.isDHCPPortBound || server.hasBoundDHCPPort == false
        {
            return .problem(
                place, "process \(process) has not bound port 67, so containers get no address",
                restart)
        }
        // A firewall can drop the query, which the check "firewall" reports.
        if server.answersDNS == false, network.foreignFirewalls?.isEmpty ?? true {
            return .problem(
                place,
                "process \(process) did not answer a DNS query within "
                    + "\(NameServerProbe.milliseconds) ms"
                    + (network.foreignFirewalls == nil
                        ? ", unless a firewall dropped it, which only root can see" : ""),
                restart)
        }
        return nil
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
