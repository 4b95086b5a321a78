/// A chain of another program that drops packets of this host itself, such as queries to a name
/// server, or what it receives.
package struct DroppedQuery: Hashable, Sendable {
    package let family: String
    package let table: String
    package let chain: String
    package let isLegacy: Bool
    package let drop: FirewallDrop
    /// Whether it drops what this host receives, such as the answers, and not what it sends.
    package let isAnswer: Bool

    package init(
        family: String, table: String, chain: String, isLegacy: Bool, drop: FirewallDrop,
        isAnswer: Bool
    ) {
        (self.family, self.table, self.chain) = (family, table, chain)
        (self.isLegacy, self.drop, self.isAnswer) = (isLegacy, drop, isAnswer)
    }
}

extension ForeignFirewallDetection {
    /// - Parameter server: not one of this host.
    /// - Parameter uplink: the interface through which the kernel sends the queries.
    package func droppedQueries(to server: IPv4Address, through uplink: String) -> [DroppedQuery] {
        var query = FirewallChains.Packet(bridge: "", family: "ip")
        (query.outgoing, query.target) = (uplink, server...server)
        (query.transport, query.port) = ("udp", 53)
        var answer = FirewallChains.Packet(bridge: "", family: "ip")
        (answer.incoming, answer.source, answer.isReply) = (uplink, server...server, true)
        (answer.transport, answer.sourcePort, answer.destination) = ("udp", 53, "local")
        return dropped(
            sending: query, receiving: answer, through: uplink, families: ["ip", "inet"])
    }

    /// The chains that drop packets of VXLAN from or to another host of a tunnel.
    package func droppedTunnelPackets(of tunnel: TunnelStatus) -> [DroppedQuery] {
        var found: [DroppedQuery] = []
        // The rules of most firewalls are the same for all peers.
        for peer in tunnel.paths.prefix(16) {
            guard let interface = peer.interface else { continue }
            let family = peer.address.isIPv6 ? "ip6" : "ip"
            var packet = FirewallChains.Packet(bridge: "", family: family)
            (packet.transport, packet.port) = ("udp", Int(Tunnel.port))
            var (sent, received) = (packet, packet)
            sent.outgoing = interface
            (received.incoming, received.destination) = (interface, "local")
            if case .ipv4(let address) = peer.address {
                (sent.target, received.source) = (address...address, address...address)
            }
            if let desired = tunnel.desired, case .ipv4(let local) = desired.local {
                (sent.source, received.target) = (local...local, local...local)
            }
            found += dropped(
                sending: sent, receiving: received, through: interface,
                families: [family, "inet"]
            ).filter { !found.contains($0) }
        }
        return found
    }

    private func dropped(
        sending sent: FirewallChains.Packet, receiving received: FirewallChains.Packet,
        through uplink: String, families: Set<String>
    ) -> [DroppedQuery] {
        var found: [DroppedQuery] = []
        for (firewall, isLegacy) in [(nftables, false), (legacy, true)] {
            for (name, chain) in firewall.chains.sorted(by: { $0.key.chain < $1.key.chain })
            where !Self.isOwn(name) {
                let isReceived: Bool
                switch (name.family, chain.hook) {
                case (let family, "output"), (let family, "postrouting"):
                    guard families.contains(family) else { continue }
                    isReceived = false
                case (let family, "prerouting"), (let family, "input"):
                    guard families.contains(family) else { continue }
                    isReceived = true
                case ("netdev", "egress") where chain.devices.contains(uplink): isReceived = false
                case ("netdev", "ingress") where chain.devices.contains(uplink): isReceived = true
                default: continue
                }
                guard let drop = firewall.drop(of: isReceived ? received : sent, at: name) else {
                    continue
                }
                found.append(
                    DroppedQuery(
                        family: name.family, table: name.table, chain: name.chain,
                        isLegacy: isLegacy, drop: drop, isAnswer: isReceived))
            }
        }
        return found
    }

    /// The chains that drop the messages with which this host tells a container that its packets
    /// are too large for the interface to the Internet (RFC 1191).
    package func droppedSizeMessages(of network: DesiredNetwork) -> [ForeignFirewall] {
        guard let ipv4 = network.ipv4 else { return [] }
        var message = FirewallChains.Packet(bridge: network.bridge.description, family: "ip")
        message.outgoing = network.bridge.description
        message.source = ipv4.address...ipv4.address
        message.target = ipv4.network.range
        (message.transport, message.message, message.code) = ("icmp", "destination-unreachable", 4)
        message.isRelated = true
        var found: [ForeignFirewall] = []
        for (firewall, isLegacy) in [(nftables, false), (legacy, true)] {
            for (name, chain) in firewall.chains.sorted(by: { $0.key.chain < $1.key.chain })
            where !Self.isOwn(name) && ["ip", "inet"].contains(name.family)
                && ["output", "postrouting"].contains(chain.hook)
            {
                guard let drop = firewall.drop(of: message, at: name) else { continue }
                var chain = ForeignFirewall(
                    .unknown, family: name.family, table: name.table, chain: name.chain,
                    isInput: false, hook: chain.hook ?? "", isLegacy: isLegacy, isInZone: false,
                    dropped: [.outward], bridge: network.bridge)
                chain.drops = [drop]
                found.append(chain)
            }
        }
        return found
    }
}
