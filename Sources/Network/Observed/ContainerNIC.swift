package import Identity
package import Linux
package import Netlink
internal import Usernet

/// A container's NIC of a network: a veth whose row in the ledger names the network's bridge.
/// berth-nic created it, or LXC's own helper, which writes the same ledger.
package struct ContainerNIC: Sendable {
    package let interface: Interface
    /// Whose quota it counts towards.
    package let owner: Owner
    /// The addresses that a static entry of the forwarding table (FDB) pins to this port.
    package var pinnedAddresses: [MACAddress] = []

    package init(_ interface: Interface, of owner: Owner) {
        self.interface = interface
        self.owner = owner
    }

    package var port: Record.Port { Record.Port(interface) }

    /// What its line in lxc-usernet granted when it was created; `nil` if its group does not say.
    package var grant: PortGrant? { PortGrant(group: interface.group) }

    /// Whether the program that creates it has finished. berth-nic sets the options of the port
    /// while the link is still down, and the alias together with the link. A link that has had a
    /// carrier was up.
    package var isFinished: Bool {
        interface.isUp || interface.alias != nil || interface.hadCarrier
    }

    /// The container's address, derived from the one of the host's end, which the container cannot
    /// change; `nil` if berth-nic did not derive both from the container's identity.
    package var derivedAddress: MACAddress? {
        interface.address.flatMap { HardwareBlock.containerAddress(ofHostEnd: $0) }
    }
}

extension HostFacts {
    /// The NICs of the ledger that belong to this bridge, attached to it or not.
    package func containerNICs(of bridge: BridgeName) -> [ContainerNIC] {
        let rows = ledger.filter { $0.bridge == .named(bridge.interface) }
        guard !rows.isEmpty else { return [] }
        // One pass each: a host can have thousands of NICs.
        let owners = Dictionary(rows.map { ($0.nic.bytes, $0.owner) }, uniquingKeysWith: { $1 })
        var pinned: [Int32: [MACAddress]] = [:]
        for entry in forwardingEntries where entry.isStatic {
            pinned[entry.port.number, default: []].append(entry.address)
        }
        return interfaces.compactMap { interface in
            guard interface.kind == .veth, interface.peerNamespace != nil,
                let owner = owners[interface.rawName]
            else { return nil }
            var nic = ContainerNIC(interface, of: owner)
            nic.pinnedAddresses = pinned[interface.index.number] ?? []
            return nic
        }
    }
}
