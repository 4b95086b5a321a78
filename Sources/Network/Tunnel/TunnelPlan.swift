internal import Linux
package import Netlink

/// A VXLAN port that berth-net created on this host.
package struct ObservedTunnel: Sendable {
    package var interface: Interface
    package var peers: [UnderlayAddress] = []
    /// The number of hardware addresses behind it, if they were read.
    package var remoteAddresses = 0
    /// Whether IPv6 is off on it: a bridge port needs none, and would send packets of its own with
    /// it.
    package var isWithoutIPv6 = true

    package init(_ interface: Interface) { self.interface = interface }

    /// The tunnel that the port implements; `nil` if it has no local address.
    var tunnel: Tunnel? {
        guard let options = interface.vxlan, let local = UnderlayAddress(bytes: options.local)
        else { return nil }
        return Tunnel(
            number: options.number, local: local, underlay: "",
            peers: options.learns ? peers : nil)
    }
}

/// A change to a network's VXLAN port.
package struct TunnelChange: Sendable {
    package let bridge: BridgeName
    package let tunnel: Tunnel
    package let mtu: UInt32
    /// The index of the port to delete, because another may have its name in the meantime.
    package var index: InterfaceIndex?
    package let step: Step

    package enum Step: Sendable {
        /// Creates the port with its options and peers, and then brings it up.
        case create
        case delete
        case restore([TunnelFault])
        case addPeer(UnderlayAddress)
        case removePeer(UnderlayAddress)
    }

    private func with(_ step: Step) -> TunnelChange {
        TunnelChange(bridge: bridge, tunnel: tunnel, mtu: mtu, step: step)
    }

    /// `nil` if there is nothing to undo.
    var inverse: TunnelChange? {
        switch step {
        case .create: with(.delete)
        case .delete: with(.create)
        case .restore: nil
        case .addPeer(let peer): with(.removePeer(peer))
        case .removePeer(let peer): with(.addPeer(peer))
        }
    }

    /// Whether the port then passes frames that it did not pass before.
    var opensPort: Bool {
        switch step {
        case .create, .restore: true
        case .delete, .addPeer, .removePeer: false
        }
    }

    var sign: String {
        switch step {
        case .create, .addPeer: "+"
        case .delete, .removePeer: "-"
        case .restore: "~"
        }
    }

    var sentence: String {
        switch step {
        case .create: "\(bridge): VXLAN port \(tunnel.name), \(tunnel.sentence), MTU \(mtu)"
        case .delete: "\(bridge): VXLAN port \(tunnel.name)"
        case .restore(let faults):
            "\(bridge): VXLAN port \(tunnel.name) is restored "
                + "(\(faults.map(\.description).joined(separator: ", ")))"
        case .addPeer(let peer), .removePeer(let peer):
            "\(bridge): VXLAN port \(tunnel.name), peer \(peer)"
        }
    }
}

extension Planner {
    /// Deletes the ports that the settings do not name, or name with other values of options that
    /// cannot be changed later. These changes precede those of the guard, which protects these
    /// ports.
    func tunnelRemoval(
        _ observed: ObservedNetwork, of bridge: BridgeName, keeping desired: Tunnel? = nil
    ) -> [Change] {
        observed.tunnels.filter { !$0.isUsable(for: desired, on: observed.interface) }.compactMap {
            port in
            port.tunnel.map {
                Change.tunnel(
                    TunnelChange(
                        bridge: bridge, tunnel: $0, mtu: port.interface.mtu,
                        index: port.interface.index, step: .delete))
            }
        }
    }

    /// Creates the port or restores its options and peers. These changes follow those of the bridge
    /// and of its rules.
    func tunnel(_ desired: DesiredNetwork, _ observed: ObservedNetwork) -> [Change] {
        guard let tunnel = desired.tunnel else { return [] }
        func change(_ step: TunnelChange.Step) -> Change {
            .tunnel(
                TunnelChange(
                    bridge: desired.bridge, tunnel: tunnel, mtu: desired.mtu, step: step))
        }
        guard
            let port = observed.tunnels.first(where: {
                $0.isUsable(for: tunnel, on: observed.interface)
            })
        else {
            return [change(.create)]
        }
        var changes: [Change] = []
        let faults = port.faults(desired.mtu, on: observed.interface, tunnel)
        if !faults.isEmpty { changes.append(change(.restore(faults))) }
        guard let peers = tunnel.peers else { return changes }
        // First those to add: a renumbered host stays reachable.
        changes += peers.filter { !port.peers.contains($0) }.map { change(.addPeer($0)) }
        changes += port.peers.filter { !peers.contains($0) }.map { change(.removePeer($0)) }
        return changes
    }
}

extension HostFacts {
    /// The ports that berth-net created and that are on the bridge, or have one of these numbers.
    func tunnels(of bridge: BridgeName, _ numbers: [UInt32]) -> [ObservedTunnel] {
        let index = interface(named: bridge)?.index
        return interfaces.filter { port in
            port.isOwnTunnel
                && (port.master != nil && port.master == index
                    || port.vxlan.map { numbers.contains($0.number) } ?? false)
        }.map { port in
            var observed = ObservedTunnel(port)
            observed.peers = tunnelPeers[port.index.number] ?? []
            observed.remoteAddresses = tunnelEntries[port.index.number]?.count ?? 0
            observed.isWithoutIPv6 =
                kernelSetting(Tunnel.ipv6Setting(port.description)).map { $0 == "1" } ?? true
            return observed
        }
    }
}
