extension AddressFilter {
    /// Conditions on the ports that lead to other hosts.
    var tunnels: [String] {
        networks.compactMap { network in network.tunnel.map { "iifname \"\($0)\"" } }
    }

    /// What other hosts may not send: what belongs to a NIC with `ipfilter` of this host.
    ///
    /// Frames from the hardware addresses of such NICs elsewhere pass, because their own host
    /// filters them. ``TunnelGuard`` already drops what only servers and routers send. IPv6
    /// addresses are not learned: one port has those of all other hosts, more than the filter
    /// learns from a port.
    var fromTunnels: [Chain] {
        guard !tunnels.isEmpty else { return [] }
        let own = networks.compactMap { network in
            network.tunnel.map {
                "iifname \"\($0)\" ether saddr @\(Self.nics(on: network.bridge)) counter drop"
            }
        }
        return [
            Chain(
                name: "tunnel",
                rules: own + ["ether saddr \(Self.isFilteredAddress) accept", "goto held"])
        ]
    }
}
