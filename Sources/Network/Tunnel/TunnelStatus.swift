package import Netlink

/// The state of a network's VXLAN port.
package struct TunnelStatus: Encodable, Sendable {
    /// The table of ``TunnelGuard`` compared with what berth-net loaded.
    package enum GuardState: String, Encodable, Sendable {
        case asConfigured = "as-configured"
        case missing
        case differs
        /// Only root can list the rules.
        case notVisible = "not-visible"
    }

    package let port: String
    /// The number of the segment.
    package let vni: UInt32
    /// The address of this host on the underlay.
    package let local: String
    /// Whether the port exists and is up.
    package var isUp = false
    package var guardState = GuardState.notVisible
    /// The hosts to which broadcasts go.
    package var peers: [String] = []
    /// Whether BGP EVPN finds the peers.
    package let usesEVPN: Bool
    /// The number of hosts that the settings list; `nil` with EVPN.
    package var configuredPeers: Int?
    /// The hosts that packets do not reach, as far as the kernel's tables tell.
    package var lostPeers: [String] { paths.filter(\.isLost).map(\.address.description) }
    /// The number of hardware addresses behind the port.
    package var remoteAddresses = 0

    /// The tunnel that berth-net made; `nil` if the port is left over from another one.
    package var desired: Tunnel?
    /// `nil` if it does not exist.
    package var interface: Interface?
    /// Whether the port has the options of the settings that cannot be changed later.
    package var isUsable = false
    /// What ``interface`` has lost, except options that cannot be changed later.
    package var faults: [TunnelFault] = []
    package var missingPeers: [UnderlayAddress] = []
    /// Peers that the settings do not list.
    package var otherPeers: [UnderlayAddress] = []
    /// Whether this host has the address ``local``.
    package var hasLocal = true
    /// The hosts that the settings list, or that EVPN has found.
    package var paths: [TunnelPeer] = []
    /// The MTU of the underlay: the smallest one on the path to a peer.
    package var underlayMTU: UInt32?

    /// The keys that `berth-net status --json` prints.
    private enum CodingKeys: String, CodingKey {
        case port, vni, local, isUp
        case guardState = "guard"
        case peers, usesEVPN, configuredPeers, lostPeers, remoteAddresses
    }

    package func encode(to encoder: any Encoder) throws {
        var tunnel = encoder.container(keyedBy: CodingKeys.self)
        try tunnel.encode(port, forKey: .port)
        try tunnel.encode(vni, forKey: .vni)
        try tunnel.encode(local, forKey: .local)
        try tunnel.encode(isUp, forKey: .isUp)
        try tunnel.encode(guardState, forKey: .guardState)
        try tunnel.encode(peers, forKey: .peers)
        try tunnel.encode(usesEVPN, forKey: .usesEVPN)
        try tunnel.encode(configuredPeers, forKey: .configuredPeers)
        try tunnel.encode(lostPeers, forKey: .lostPeers)
        try tunnel.encode(remoteAddresses, forKey: .remoteAddresses)
    }

    private init(port: String, vni: UInt32, local: String, usesEVPN: Bool) {
        (self.port, self.vni, self.local, self.usesEVPN) = (port, vni, local, usesEVPN)
    }

    package init(_ desired: Tunnel) {
        self.init(
            port: desired.name, vni: desired.number, local: desired.local.description,
            usesEVPN: desired.usesEVPN)
        configuredPeers = desired.peers?.count
        self.desired = desired
    }

    /// - Returns: `nil` if the network has no tunnel, and berth-net has no port there.
    init?(_ observed: ObservedNetwork, of desired: DesiredNetwork) {
        let bridge = observed.interface
        if let tunnel = desired.tunnel {
            self.init(tunnel)
            let found =
                observed.tunnels.first { $0.isUsable(for: tunnel, on: bridge) }
                ?? observed.tunnels.first { $0.interface.description == tunnel.name }
            guard let found else { return }
            isUsable = found.isUsable(for: tunnel, on: bridge)
            faults = found.faults(desired.mtu, on: bridge, tunnel)
            note(found)
            let listed = Set(tunnel.peers ?? [])
            let known = Set(found.peers)
            missingPeers = (tunnel.peers ?? []).filter { !known.contains($0) }
            if tunnel.peers != nil { otherPeers = found.peers.filter { !listed.contains($0) } }
        } else {
            guard
                let found = observed.tunnels.first(where: {
                    $0.interface.master != nil && $0.interface.master == bridge?.index
                }), let options = found.interface.vxlan
            else { return nil }
            self.init(
                port: found.interface.description, vni: options.number,
                local: UnderlayAddress(bytes: options.local)?.description ?? "no address",
                usesEVPN: !options.learns)
            note(found)
        }
    }

    private mutating func note(_ found: ObservedTunnel) {
        interface = found.interface
        isUp = found.interface.isUp
        peers = found.peers.map(\.description)
        remoteAddresses = found.remoteAddresses
    }

    /// Follows the paths to the other hosts.
    mutating func observePaths(
        on bridge: BridgeName, _ facts: HostFacts, _ tables: UnderlayTables,
        _ socket: borrowing RouteSocket
    ) {
        guard let desired else { return }
        hasLocal = facts.addresses.contains { $0.bytes == desired.local.bytes }
        let all = desired.peers ?? peers.compactMap { UnderlayAddress($0) }
        for address in all {
            paths.append(
                tables.peer(address, of: desired, on: bridge, hasLocal: hasLocal, socket))
        }
        // The MTU of the bridge itself depends on that of the underlay.
        underlayMTU =
            paths.filter { $0.state != .throughBridge }.compactMap(\.mtu).min()
            ?? facts.underlayMTU(of: desired)
    }

    var text: String {
        guard interface != nil else {
            return "\(port), VNI \(vni), from \(local): the port is missing"
        }
        let others = peers.isEmpty ? "no other host" : peers.joined(separator: " ")
        return "\(port), VNI \(vni), from \(local) to \(others)" + (usesEVPN ? ", by EVPN" : "")
            + (isUp
                ? ", \(remoteAddresses) remote \(remoteAddresses == 1 ? "address" : "addresses")"
                : ", down")
    }

    /// The peers that are lost, each with the reason.
    package var losses: [String] {
        paths.compactMap { peer in peer.sentence.map { "\(peer.address) \($0)" } }
    }
}
