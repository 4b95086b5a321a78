/// The state of a network's VXLAN port.
package struct TunnelStatus: Encodable, Equatable, Sendable {
    package let port: String
    /// The number of the segment.
    package let vni: UInt32
    /// The address of this host on the underlay.
    package let local: String
    /// The hosts to which broadcasts go.
    package let peers: [String]
    /// Whether BGP EVPN finds the peers.
    package let usesEVPN: Bool

    /// - Returns: `nil` if berth-net has no port there.
    init?(_ observed: ObservedNetwork) {
        guard
            let port = observed.tunnels.first(where: {
                $0.interface.master != nil && $0.interface.master == observed.interface?.index
            }), let options = port.interface.vxlan
        else { return nil }
        self.port = port.interface.description
        vni = options.number
        local = UnderlayAddress(bytes: options.local)?.description ?? "no address"
        peers = port.peers.map(\.description)
        usesEVPN = !options.learns
    }

    var text: String {
        let others = peers.isEmpty ? "no other host" : peers.joined(separator: " ")
        return "\(port), VNI \(vni), from \(local) to \(others)" + (usesEVPN ? ", by EVPN" : "")
    }
}
