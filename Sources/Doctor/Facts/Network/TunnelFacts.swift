internal import Linux
internal import Netlink
internal import Network

/// What the kernel says about a tunnel, besides ``TunnelStatus``.
struct TunnelFacts: Equatable, Sendable {
    /// The program that has bound the UDP port of VXLAN, if the port of the network is not up.
    var portHolder: String?
    /// The interface of the same name or number that berth-net did not create.
    var otherInterface: String?
    /// The chains of other programs that drop VXLAN packets.
    var drops: [DroppedQuery] = []
    /// What the peers answered; `nil` if they were not probed.
    var probes: [TunnelProbe]?

    /// - Parameter probes: whether to send packets to the peers.
    static func all(of network: HostNetworkStatus, probes: Bool) -> [String: TunnelFacts] {
        var facts: [String: TunnelFacts] = [:]
        for status in network.made {
            guard let tunnel = status.tunnel, let desired = tunnel.desired else { continue }
            var found = TunnelFacts()
            found.otherInterface =
                network.interfaces.first { occupies(desired, $0) }?.description
            if !tunnel.isUp {
                let sockets = Sockets.listening().all.filter {
                    $0.transport == .udp && $0.port == Tunnel.port
                }
                found.portHolder = sockets.isEmpty ? nil : Sockets.holder(of: sockets)
            }
            found.drops = network.firewall?.droppedTunnelPackets(of: tunnel) ?? []
            facts[status.bridge] = found
        }
        if probes { TunnelProbe.all(of: network, into: &facts) }
        return facts
    }

    /// Whether an interface that berth-net did not create has the tunnel's name or number.
    private static func occupies(_ tunnel: Tunnel, _ interface: Interface) -> Bool {
        guard !interface.isOwnTunnel else { return false }
        if interface.description == tunnel.name { return true }
        guard let options = interface.vxlan else { return false }
        return options.number == tunnel.number && options.port == Tunnel.port
    }
}

/// What a peer of a tunnel answered to packets of the size of the largest frame.
struct TunnelProbe: Equatable, Sendable {
    let peer: UnderlayAddress
    /// The size in bytes of the packet that carries the largest frame of the network.
    let size: Int
    let outcome: EchoProbe.Outcome

    var isAnswered: Bool { if case .unanswered = outcome { false } else { true } }

    /// How many peers are probed.
    static let limit = 256

    fileprivate static func all(
        of network: HostNetworkStatus, into facts: inout [String: TunnelFacts]
    ) {
        var targets: [(bridge: String, peer: UnderlayAddress, target: EchoProbe.Target)] = []
        for status in network.made {
            guard let tunnel = status.tunnel, let desired = tunnel.desired, tunnel.hasLocal else {
                continue
            }
            facts[status.bridge]?.probes = []
            let size = Int(status.mtu) + Int(Tunnel.overhead(isIPv6: desired.local.isIPv6))
            for path in tunnel.paths where path.state != .ownAddress {
                targets.append(
                    (
                        status.bridge, path.address,
                        EchoProbe.Target(
                            path.address.bytes, from: desired.local.bytes, size: size)
                    ))
            }
        }
        let probed = targets.prefix(limit)
        for (entry, outcome) in zip(probed, EchoProbe.outcomes(of: probed.map(\.target))) {
            facts[entry.bridge]?.probes?.append(
                TunnelProbe(peer: entry.peer, size: entry.target.size, outcome: outcome))
        }
    }
}
