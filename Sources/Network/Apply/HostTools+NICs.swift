internal import Identity
internal import Linux
internal import Netlink
internal import Usernet

extension HostTools {
    /// Containers stop at any time: a NIC that is gone, or has changed since it was observed, is no
    /// failure.
    borrowing func make(_ change: NICChange) throws {
        guard let name = InterfaceName(Array(change.port.name.utf8)) else { return }
        let master: InterfaceIndex?
        if case .attach = change.step {
            master = nil
        } else {
            master = try index(of: change.bridge.interface)
        }
        func present() throws -> Interface? {
            guard let found = try socket.interface(named: name),
                Record.Port(found) == change.port, found.kind == .veth, found.master == master
            else { return nil }
            return found
        }
        guard let nic = try present() else { return }
        do {
            switch change.step {
            case .recordGrant(let grant):
                guard nic.group == 0 else { return }
                try socket.set(name, at: nic.index, group: grant.group)
            case .restore(let options): try apply(options, to: nic, name)
            case .attach(let options): try attach(nic, name, to: change.bridge, options)
            case .bringUp:
                try admit(nic, to: change.bridge)
                try socket.bringUpWithoutLinkLocalAddress(name, at: nic.index)
            }
        } catch {
            // The NIC may have been removed after it was found.
            guard let now = try socket.interface(named: name), now.index == nic.index else {
                return
            }
            throw error
        }
    }

    /// A port has options only while it is attached (IFLA_MASTER). So the NIC is down until it has
    /// them, and no frame passes without them.
    private borrowing func attach(
        _ nic: Interface, _ name: InterfaceName, to bridge: BridgeName,
        _ options: NICChange.RestoredOptions
    ) throws {
        try admit(nic, to: bridge)
        let index = try index(of: bridge.interface)
        let mtu = try socket.interface(at: index)?.mtu
        if !options.isEmpty, nic.isUp { try socket.set(name, at: nic.index, up: false) }
        try socket.set(name, at: nic.index, master: index)
        do { try apply(options, to: nic, name) } catch {
            try? socket.set(name, at: nic.index, master: nil)
            throw error
        }
        // A bridge without a configured MTU takes the lowest one of its ports.
        if let mtu, let now = try socket.interface(at: index)?.mtu, now != mtu {
            try socket.set(bridge.interface, at: index, mtu: mtu)
        }
        try socket.bringUpWithoutLinkLocalAddress(name, at: nic.index)
    }

    /// Adds a NIC with `ipfilter` to ``AddressFilter`` (NFT_MSG_NEWSETELEM) before it can send. If
    /// the table is missing, or has no set for the bridge, the NIC stays cut off: it could use any
    /// address.
    private func admit(_ nic: Interface, to bridge: BridgeName) throws {
        guard PortGrant(group: nic.group)?.filtersAddresses ?? false else { return }
        let whose = "\(nic) has ipfilter and remains cut off"
        guard let address = nic.filteredAddress else {
            throw Failure(
                "\(whose), because its hardware address is not one that berth-nic gave it: restart "
                    + "its container")
        }
        do throws(NetlinkError) {
            try NetfilterSocket.connect().add(
                AddressFilterTable.elements(of: address, on: .named(bridge.interface)),
                toBridgeTable: AddressFilterTable.name)
        } catch {
            throw Failure(
                "\(whose), because the table \(AddressFilter.table) does not filter on \(bridge) "
                    + "(\(error.errno)): berth-net check names the reason")
        }
    }

    /// Restores options of the bridge port (IFLA_BRPORT_ISOLATED, IFLA_BRPORT_LOCKED), its VLAN and
    /// its static FDB entries.
    private borrowing func apply(
        _ options: NICChange.RestoredOptions, to nic: Interface, _ name: InterfaceName
    ) throws {
        // First the VLAN, to which the static entries belong.
        if let vlan = options.vlan { try setVLAN(vlan, of: nic, name) }
        // Then the addresses: a locked port drops the frames of all others.
        for address in options.pinned {
            try socket.addStaticFDBEntry(address, to: name, at: nic.index)
        }
        guard options.isIsolated || options.isLocked else { return }
        var port = PortOptions()
        if options.isIsolated { port.isIsolated = true }
        port.isLocked = options.isLocked
        try socket.set(name, at: nic.index, port: port)
        // Kernels ignore options that they do not know.
        guard let now = try socket.interface(at: nic.index), now.rawName == name.bytes else {
            return
        }
        guard now.isIsolated || !options.isIsolated, now.isLocked || !options.isLocked else {
            throw Failure(
                "this kernel cannot give \(name) the options that its line in lxc-usernet "
                    + "granted: boot the kernel on which its container was started, or restart "
                    + "the container")
        }
    }

    private borrowing func setVLAN(
        _ vlan: UInt16, of nic: Interface, _ name: InterfaceName
    ) throws {
        guard let port = try socket.interface(at: nic.index), let master = port.master else {
            return
        }
        guard try socket.interface(at: master)?.isVLANAware == true else {
            throw Failure(
                "\(name) belongs to VLAN \(vlan), and its bridge ignores VLANs: set "
                    + "LXC_VLAN_AWARE=\"true\", or restart the container")
        }
        try socket.setAccessVLAN(vlan, of: name, at: nic.index)
    }
}
