package import Linux
internal import Netlink

/// Another host of a tunnel, and what the kernel's tables say about the path to it.
package struct TunnelPeer: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        /// Nothing in the tables prevents packets from reaching it.
        case routed
        /// The kernel refuses packets to it: there is no route, or one that rejects them.
        case refused(Errno)
        /// The interface on the path is down, or has no carrier.
        case cutOff
        /// This neighbor of the host, the peer or a router, did not answer ARP requests or neighbor
        /// discovery.
        case silent(UnderlayAddress)
        /// The route leads through this network, which the tunnel itself carries.
        case throughBridge
        /// It is an address of this host.
        case ownAddress
    }

    package let address: UnderlayAddress
    package let state: State
    /// The interface on the path; `nil` if there is none.
    package let interface: String?
    /// The MTU of the path, as far as this host knows it; `nil` if there is none.
    package let mtu: UInt32?

    package init(
        _ address: UnderlayAddress, _ state: State, interface: String? = nil, mtu: UInt32? = nil
    ) {
        self.address = address
        self.state = state
        self.interface = interface
        self.mtu = mtu
    }

    package var isLost: Bool { state != .routed }

    /// Why it is lost, as a predicate; `nil` if it is not.
    package var sentence: String? {
        switch state {
        case .routed: nil
        case .refused(let error): "has no route (\(error.description))"
        case .cutOff: "is behind \(interface ?? "an interface"), which is down or has no carrier"
        case .silent(address): "does not answer"
        case .silent(let router): "is behind the router \(router), which does not answer"
        case .throughBridge: "has a route through \(interface ?? "the bridge") itself"
        case .ownAddress: "is an address of this host"
        }
    }
}

/// What is needed to follow the paths of all tunnels, read once.
struct UnderlayTables {
    private var interfaces: [Int32: Interface] = [:]
    /// The neighbors that do not answer.
    private var silent: Set<Hop> = []

    private struct Hop: Hashable {
        let interface: Int32
        let address: [UInt8]
    }

    init(_ facts: HostFacts, _ tunnels: [Tunnel], _ socket: borrowing RouteSocket) {
        for interface in facts.interfaces { interfaces[interface.index.number] = interface }
        for isIPv6 in Set(tunnels.map(\.local.isIPv6)) {
            for neighbor in (try? socket.allNeighbors(isIPv6: isIPv6)) ?? []
            where neighbor.state != .known {
                silent.insert(
                    Hop(interface: neighbor.interface.number, address: neighbor.address))
            }
        }
    }

    /// - Parameter hasLocal: whether this host has the source address of the tunnel.
    func peer(
        _ address: UnderlayAddress, of tunnel: Tunnel, on bridge: BridgeName, hasLocal: Bool,
        _ socket: borrowing RouteSocket
    ) -> TunnelPeer {
        let path: RoutePath
        do throws(NetlinkError) {
            path = try socket.path(
                to: address.bytes, from: hasLocal ? tunnel.local.bytes : nil)
        } catch {
            // The kernel removes the routes of an interface that is set down.
            let isDown = interfaces.values.contains {
                $0.description == tunnel.underlay && !$0.isUp
            }
            return isDown
                ? TunnelPeer(address, .cutOff, interface: tunnel.underlay)
                : TunnelPeer(address, .refused(error.errno))
        }
        guard let interface = interfaces[path.interface.number] else {
            return TunnelPeer(address, .routed)
        }
        let next = path.gateway ?? address.bytes
        let name = interface.description
        let state: TunnelPeer.State =
            if name == "lo" {
                .ownAddress
            } else if name == bridge.description {
                .throughBridge
            } else if !interface.isUp || !interface.hasCarrier {
                .cutOff
            } else if silent.contains(Hop(interface: path.interface.number, address: next)) {
                .silent(UnderlayAddress(bytes: next) ?? address)
            } else {
                .routed
            }
        return TunnelPeer(
            address, state, interface: name, mtu: min(path.mtu ?? .max, interface.mtu))
    }
}
