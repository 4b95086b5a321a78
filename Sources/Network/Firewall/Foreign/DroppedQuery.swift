/// A chain of another program that drops this host's own queries to a name server, or the answers.
package struct DroppedQuery: Hashable, Sendable {
    package let family: String
    package let table: String
    package let chain: String
    package let isLegacy: Bool
    package let drop: FirewallDrop
    /// Whether it drops the answers, and not the queries.
    package let isAnswer: Bool
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
        var found: [DroppedQuery] = []
        for (firewall, isLegacy) in [(nftables, false), (legacy, true)] {
            for (name, chain) in firewall.chains.sorted(by: { $0.key.chain < $1.key.chain })
            where !Self.isOwn(name) {
                let packet: FirewallChains.Packet
                switch (name.family, chain.hook) {
                case ("ip", "output"), ("ip", "postrouting"), ("inet", "output"),
                    ("inet", "postrouting"):
                    packet = query
                case ("ip", "prerouting"), ("ip", "input"), ("inet", "prerouting"),
                    ("inet", "input"):
                    packet = answer
                case ("netdev", "egress") where chain.devices.contains(uplink): packet = query
                case ("netdev", "ingress") where chain.devices.contains(uplink): packet = answer
                default: continue
                }
                guard let drop = firewall.drop(of: packet, at: name) else { continue }
                found.append(
                    DroppedQuery(
                        family: name.family, table: name.table, chain: name.chain,
                        isLegacy: isLegacy, drop: drop, isAnswer: packet.isReply))
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
