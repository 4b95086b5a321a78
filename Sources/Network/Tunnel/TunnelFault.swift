internal import Netlink

/// What a VXLAN port has lost, and `reload` restores.
package enum TunnelFault: Equatable, Sendable, CustomStringConvertible {
    /// It is not attached to the bridge.
    case detached
    case notIsolated
    /// The bridge learns addresses from the port, although only BGP EVPN should.
    case learns
    case learnsNothing
    /// neigh_suppress is on.
    case suppressesNeighbors
    case hasIPv6
    /// It has this MTU.
    case size(UInt32)
    case down

    /// For the plan.
    package var description: String {
        switch self {
        case .detached: "detached"
        case .notIsolated: "not isolated"
        case .learns: "learns addresses"
        case .learnsNothing: "learns no addresses"
        case .suppressesNeighbors: "neigh_suppress"
        case .hasIPv6: "has IPv6"
        case .size(let mtu): "MTU \(mtu)"
        case .down: "down"
        }
    }
}

extension ObservedTunnel {
    /// Whether the port has the options that the kernel does not change later.
    func isUsable(for desired: Tunnel?, on bridge: Interface?) -> Bool {
        guard let desired, interface.master == nil || interface.master == bridge?.index else {
            return false
        }
        return interface.vxlan == desired.options && interface.description == desired.name
    }

    func faults(_ mtu: UInt32, on bridge: Interface?, _ tunnel: Tunnel) -> [TunnelFault] {
        var faults: [TunnelFault] = []
        if interface.master == nil || interface.master != bridge?.index {
            faults.append(.detached)
        } else {
            if !interface.isIsolated { faults.append(.notIsolated) }
            if interface.learns == tunnel.usesEVPN {
                faults.append(tunnel.usesEVPN ? .learns : .learnsNothing)
            }
            if interface.suppressesNeighbors { faults.append(.suppressesNeighbors) }
        }
        if !isWithoutIPv6 { faults.append(.hasIPv6) }
        if interface.mtu != mtu { faults.append(.size(interface.mtu)) }
        if !interface.isUp { faults.append(.down) }
        return faults
    }
}
