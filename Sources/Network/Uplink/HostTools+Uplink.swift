internal import Linux
internal import Netlink

extension HostTools {
    borrowing func make(_ change: UplinkChange) throws {
        let uplink = change.uplink
        switch change.step {
        case .create: try create(uplink)
        case .delete(let index):
            guard let port = try socket.interface(named: uplink.port.interface), port.isOwnVLAN,
                port.index == index ?? port.index
            else { return }
            try socket.delete(uplink.port.interface, at: port.index)
        case .attach(let mtu): try attach(uplink, to: change.bridge, mtu)
        case .detach(let index, _):
            let bridge = try socket.interface(named: change.bridge.interface)?.index
            guard let port = try socket.interface(named: uplink.port.interface),
                port.index == index ?? port.index, port.master != nil, port.master == bridge
            else { return }
            try socket.set(uplink.port.interface, at: port.index, master: nil)
        case .set(let name, .link, _, let to):
            try set(name, up: to == "up")
        case .set(_, .kernel(let path), _, let to):
            // A setting of an interface that is gone needs no value.
            guard SmallFile.exists(path) else { return }
            try write(to, to: path)
        case .set: break
        case .restore:
            var options = PortOptions(isIsolated: false)
            options.learns = true
            try socket.set(
                uplink.port.interface, at: try index(of: uplink.port.interface), port: options)
        }
    }

    private borrowing func set(_ name: BridgeName, up: Bool) throws {
        // An interface that is gone is down.
        let exists = try socket.exists(name.interface)
        guard up || exists else { return }
        try socket.set(name.interface, at: try index(of: name.interface), up: up)
    }

    private func write(_ value: String, to path: String) throws(Failure) {
        do throws(Errno) { try SmallFile.write("\(value)\n", to: path) } catch {
            throw Failure("cannot write \(value) to \(path): \(error)")
        }
    }

    private borrowing func create(_ uplink: Uplink) throws {
        guard let vlan = uplink.vlan else { return }
        let name = uplink.port.interface
        let nic = try index(of: vlan.nic.interface)
        do throws(NetlinkError) {
            try socket.createVLAN(name, vlan.number, of: nic, group: Uplink.group)
        } catch {
            throw Failure(uplink.sentence(of: error, creating: vlan))
        }
        // It is down, so no packet has arrived. A bridge port needs no IPv6.
        for path in Uplink.settings(of: uplink.port) + [Tunnel.ipv6Setting(uplink.port.description)]
        where SmallFile.exists(path) {
            try write(path.hasSuffix("disable_ipv6") ? "1" : "0", to: path)
        }
    }

    private borrowing func attach(
        _ uplink: Uplink, to bridge: BridgeName, _ mtu: UInt32
    ) throws {
        let name = uplink.port.interface
        guard let port = try socket.interface(named: name) else {
            throw Failure("\(name) no longer exists")
        }
        let master = try index(of: bridge.interface)
        // It may have been attached elsewhere since it was observed.
        guard port.master == nil || port.master == master else {
            throw Failure("\(name) was attached to another interface in the meantime")
        }
        do throws(NetlinkError) { try socket.set(name, at: port.index, master: master) } catch {
            throw Failure(uplink.sentence(of: error, attachingTo: bridge))
        }
        // A bridge without a configured MTU takes the lowest one of its ports.
        if let now = try socket.interface(at: master)?.mtu, now != mtu {
            try socket.set(bridge.interface, at: master, mtu: mtu)
        }
        guard port.isOwnVLAN else { return }
        try socket.set(name, at: port.index, up: true)
    }
}

extension Uplink {
    /// For a kernel that does not support VLAN interfaces.
    func lacksVLANs(_ bridge: BridgeName) -> String {
        "\(port) cannot be created for \(bridge): this kernel does not support VLAN interfaces "
            + "(CONFIG_VLAN_8021Q); use another kernel, or a NIC as LXC_UPLINK"
    }

    fileprivate func sentence(of error: NetlinkError, creating vlan: VLAN) -> String {
        switch error.errno {
        case .EEXIST:
            "\(port) cannot be created: an interface of this name, or for VLAN \(vlan.number) of "
                + "\(vlan.nic), exists already; remove it"
        case .EOPNOTSUPP:
            "\(port) cannot be created: this kernel, or the driver of \(vlan.nic), does not "
                + "support VLAN interfaces (CONFIG_VLAN_8021Q)"
        default: "\(error)"
        }
    }

    fileprivate func sentence(of error: NetlinkError, attachingTo bridge: BridgeName) -> String {
        switch error.errno {
        case .EBUSY:
            "\(port) cannot be attached to \(bridge): another interface uses it, such as a "
                + "macvlan, an ipvlan or a bond; remove that interface"
        case .EOPNOTSUPP, .EINVAL:
            "\(port) cannot be attached to \(bridge): its driver does not support bridges, as with "
                + "most wireless interfaces; use another NIC"
        default: "\(error)"
        }
    }
}
