/// The firewall rules of a network, independent of the tool that loads them.
///
/// ``NftDialect`` and ``IptablesDialect`` render them. The commands that remove rules are derived
/// from the rules that were rendered or found, so that start and stop cannot drift apart.
package struct FirewallRules: Sendable {
    package let bridge: BridgeName
    package let rules: [Rule]

    package enum Rule: Hashable, Sendable {
        /// Accepts packets from containers to a port of this host.
        case acceptInput(Forward.Transport, port: UInt16)
        /// Accepts IPv6 router and neighbor discovery from containers.
        case acceptNeighborDiscovery
        /// Drops packets in frames to the groups 01:80:c2:00:00:00 to 01:80:c2:00:00:0f, such as
        /// that of LLDP. A bridge passes such frames to the host on the port at which they arrive,
        /// where neither the rules for the bridge nor ``AddressFilter`` apply to them. The
        /// protocols that use these groups do not use IP.
        case dropReservedGroups
        /// Drops what the containers and the LAN send to this host, and what this host would
        /// forward between them and other networks, by one IP version: this host is not part of
        /// their network. Frames between ports of the bridge pass, even if the IP firewall sees
        /// them (br_netfilter).
        case close(isIPv6: Bool)
        /// The same in the rules of another network: in iptables, its rules that accept packets can
        /// precede those of the closed network.
        case closeTo(BridgeName, isIPv6: Bool)
        /// Drops VXLAN (UDP 4789) and BGP (TCP 179) from containers, to this host and to others:
        /// otherwise, a container could inject frames or routes into a network of several hosts.
        case dropTunnelTraffic
        /// Drops what containers send from one of these ports with the address of this host, unless
        /// it is a reply. Otherwise, packets that other hosts send to these ports would be taken
        /// for replies, and forwarded to the container (NAT port shadowing).
        case dropShadows(Forward.Transport, ports: [UInt16])
        /// Accepts DNS queries to this address from these hosts, and drops all others but those of
        /// this host.
        case acceptQueries(to: UnderlayAddress, from: [UnderlayAddress], port: UInt16)
        /// Drops packets from the bridge if the route to their source is not through it, as
        /// rp_filter=1 does (anti-spoofing). Packets of DHCP clients and IPv6 nodes that have no
        /// source address yet are accepted.
        case dropUnroutedSources
        /// Drops packets from the range that come from an interface other than the bridge: a NIC of
        /// another network could otherwise use the address of a NIC with `ipfilter`.
        case dropOtherSources(Range)
        /// Drops what containers send each other through the host, except to forwarded ports.
        case isolate
        /// Drops what the containers of this and another network send each other, except to
        /// forwarded ports.
        case separate(from: BridgeName)
        /// Accepts forwarded packets from containers, of new and of established connections alike:
        /// unless LXC_ROUTED_FROM is set, no Berth rule depends on the state of connection tracking
        /// (`ct state`, conntrack).
        case acceptFromBridge
        /// Accepts forwarded packets to containers, new connections included: the host's own
        /// firewall decides which hosts may connect. lxc-net has the same rule.
        case acceptToBridge
        /// Accepts forwarded packets to containers that come from one of these interfaces, belong
        /// to a connection that a container opened, or are for a forwarded port. Drops all others.
        case acceptToBridgeFrom([BridgeName])
        /// Drops new connections from this network to another one, except to forwarded ports.
        case refuseConnections(to: BridgeName)
        /// Masquerades packets from the range to other addresses, unless they go out through one of
        /// these bridges, or their destination is in one of these ranges.
        case masquerade(Range, except: [BridgeName], to: [Range])
        /// Corrects the UDP checksum of DHCP replies: veth does not compute it, but old DHCP
        /// clients verify it.
        case fixDHCPChecksum
        /// Forwards a port of the host to a container (DNAT); packets keep their source address.
        case forward(Forward)
        /// Masquerades what containers send to a forward of their network, so that replies return
        /// through the host (hairpin NAT).
        case hairpin(Forward, Range)

        /// Whether the rule is for IPv6 only or for IPv4 only; `nil` if it is for both.
        var isIPv6: Bool? {
            switch self {
            case .acceptNeighborDiscovery: true
            case .close(let isIPv6), .closeTo(_, let isIPv6): isIPv6
            case .acceptQueries(let local, _, _): local.isIPv6
            case .fixDHCPChecksum: false
            case .masquerade(let range, _, _), .dropOtherSources(let range): range.isIPv6
            case .forward(let forward), .hairpin(let forward, _): forward.isIPv6
            case .acceptInput, .dropUnroutedSources, .dropReservedGroups, .isolate,
                .separate,
                .acceptFromBridge, .acceptToBridge, .acceptToBridgeFrom, .refuseConnections,
                .dropTunnelTraffic, .dropShadows:
                nil
            }
        }

        /// Whether it is also needed for IPv6 packets on a network without IPv6.
        var protects: Bool {
            switch self {
            case .close, .closeTo, .dropUnroutedSources, .dropReservedGroups, .dropOtherSources,
                .isolate,
                .separate,
                .acceptToBridgeFrom, .refuseConnections, .dropTunnelTraffic, .dropShadows,
                .acceptQueries:
                true
            default: false
            }
        }
    }

    package struct Range: Hashable, Sendable {
        let isIPv6: Bool
        let text: String

        init<Address>(_ prefix: Prefix<Address>) {
            isIPv6 = Address.self == IPv6Address.self
            text = prefix.description
        }

        init(_ range: Routing.Range) {
            switch range {
            case .ipv4(let prefix): self.init(prefix)
            case .ipv6(let prefix): self.init(prefix)
            }
        }
    }

    init(bridge: BridgeName, rules: [Rule]) {
        self.bridge = bridge
        self.rules = rules
    }

    /// - Parameter dnsPort: the port of the network's name server; 0 if it has none.
    /// - Parameter networks: all networks of this host.
    package init(_ network: DesiredNetwork, dnsPort: UInt16, among networks: [DesiredNetwork] = [])
    {
        bridge = network.bridge
        let others = networks.filter { $0.bridge != network.bridge }
            .sorted { $0.bridge.description < $1.bridge.description }
        let ipv4 = network.ipv4.map { Range($0.network) }
        let ipv6 = network.ipv6.map { Range($0.network) }
        let ports = (network.dhcp.isDisabled ? [] : [67]) + (dnsPort == 0 ? [] : [dnsPort])
        let closed = [false, true].filter { network.isClosed(isIPv6: $0) }
            .map { Rule.close(isIPv6: $0) }
        guard !network.isClosed else {
            rules = [.dropReservedGroups] + closed
            return
        }
        let isTunneled = network.tunnel != nil || others.contains { $0.tunnel != nil }
        var rules: [Rule] = []
        if network.filtersSources || network.filtersAddresses || isTunneled || !closed.isEmpty {
            rules.append(.dropReservedGroups)
        }
        rules += closed
        rules += others.flatMap { other in
            [false, true].filter { other.isClosed(isIPv6: $0) }
                .map { .closeTo(other.bridge, isIPv6: $0) }
        }
        if network.filtersSources { rules.append(.dropUnroutedSources) }
        if network.filtersAddresses {
            rules += [ipv4, ipv6].compactMap { $0 }.map { .dropOtherSources($0) }
        }
        if isTunneled {
            rules.append(.dropTunnelTraffic)
            // Hosts connect to each other on these ports.
            var dns = others.filter { $0.peerDNS(port: $0.dns.port) != nil }.map { $0.dns.port }
            if network.peerDNS(port: dnsPort) != nil { dns.append(dnsPort) }
            let queries = Set(dns).sorted()
            rules += [
                .dropShadows(.udp, ports: [Tunnel.port] + queries),
                .dropShadows(.tcp, ports: [Tunnel.bgpPort] + queries),
            ]
        }
        rules += ports.flatMap { [.acceptInput(.udp, port: $0), .acceptInput(.tcp, port: $0)] }
        if let peers = network.peerDNS(port: dnsPort) {
            rules.append(.acceptQueries(to: peers.local, from: peers.clients, port: dnsPort))
        }
        if ipv6 != nil { rules.append(.acceptNeighborDiscovery) }
        if network.isolates { rules.append(.isolate) }
        // Both networks have these rules, because in iptables the accept rules of either can come
        // first.
        rules += others.filter { $0.isolates || network.isolates }
            .map { .separate(from: $0.bridge) }
        rules += others.filter { $0.routing?.refuses(network.bridge) ?? false }
            .map { .refuseConnections(to: $0.bridge) }
        rules.append(.acceptFromBridge)
        let uplinks = network.routing?.uplinks ?? []
        rules.append(uplinks.isEmpty ? .acceptToBridge : .acceptToBridgeFrom(uplinks))
        // A LAN has no routes to the other networks.
        let bridges = others.filter { $0.uplink == nil }.map(\.bridge)
        let exceptions = (network.routing?.exceptions ?? []).map { Range($0) }
        func masquerade(_ range: Range) -> Rule {
            .masquerade(
                range, except: bridges, to: exceptions.filter { $0.isIPv6 == range.isIPv6 })
        }
        if let ipv4, network.ipv4?.translates ?? false { rules.append(masquerade(ipv4)) }
        if let ipv6, network.ipv6?.translates ?? false { rules.append(masquerade(ipv6)) }
        if !network.dhcp.isDisabled { rules.append(.fixDHCPChecksum) }
        for forward in network.forwards {
            guard let range = forward.isIPv6 ? ipv6 : ipv4 else { continue }
            rules += [.forward(forward), .hairpin(forward, range)]
        }
        self.rules = rules
    }
}
