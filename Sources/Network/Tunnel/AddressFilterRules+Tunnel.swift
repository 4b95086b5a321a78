extension AddressFilter {
    /// Conditions on the ports that lead to other hosts.
    var tunnels: [String] {
        networks.compactMap { network in network.tunnel.map { "iifname \"\($0)\"" } }
    }

    /// What other hosts may not send: what belongs to a NIC with `ipfilter` of this host.
    ///
    /// The hardware addresses of such NICs on other hosts pass, but not with addresses that a NIC
    /// of this host holds, except after the container has moved. ``TunnelGuard`` already drops what
    /// only servers and routers send. IPv6 addresses are not learned: one port has those of all
    /// other hosts, more than the filter learns from a port.
    var fromTunnels: [Chain] {
        guard !tunnels.isEmpty else { return [] }
        let own = networks.compactMap { network in
            network.tunnel.map {
                "iifname \"\($0)\" ether saddr @\(Self.nics(on: network.bridge)) counter drop"
            }
        }
        return [
            Chain(
                // Since nftables 1.1.7, "tunnel" alone is a keyword of nft(8).
                name: "tunnel_in",
                rules: own + [
                    "ether saddr \(Self.isFilteredAddress) goto tunnel_filtered", "goto held",
                ]),
            Chain(
                name: "tunnel_filtered",
                // NICs with `ipfilter` send no tags.
                rules: Self.tags.map { "ether type \($0) counter drop" } + [
                    "meta protocol { 0x8100, 0x88a8 } counter drop",
                    "meta protocol arp goto tunnel_arp", "meta protocol ip goto tunnel_ipv4",
                    "meta protocol ip6 goto tunnel_ipv6",
                ]),
            Chain(
                name: "tunnel_arp",
                rules: [
                    "arp saddr ether . arp saddr ip @lease accept",
                    "arp saddr ip @leased counter drop",
                ]),
            Chain(
                name: "tunnel_ipv4",
                rules: [
                    "ether saddr . ip saddr @lease accept", "ip saddr @leased counter drop",
                ]),
            Chain(
                name: "tunnel_ipv6",
                rules: ["ether saddr . @nh,64,128 @own6 accept"]
                    + Self.uses { "\($0) @owned6" }),
        ]
    }
}
