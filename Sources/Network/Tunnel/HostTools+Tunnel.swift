internal import Linux
internal import Netlink

extension HostTools {
    borrowing func make(_ change: TunnelChange) throws {
        guard let name = change.tunnel.interfaceName else { return }
        switch change.step {
        case .create: try create(change, name)
        case .restore: try restore(change, name)
        case .delete:
            guard let port = try ownPort(name), port.index == change.index ?? port.index else {
                return
            }
            try socket.delete(name, at: port.index)
        case .addPeer(let peer):
            guard let port = try ownPort(name) else { return }
            try socket.setVXLANPeer(peer.bytes, of: name, at: port.index, true)
        case .removePeer(let peer):
            guard let port = try ownPort(name) else { return }
            try remove(peer, of: name, at: port.index)
        }
    }

    private borrowing func create(_ change: TunnelChange, _ name: InterfaceName) throws {
        let bridge = try index(of: change.bridge.interface)
        try createPort(change, name, bridge)
        do {
            let index = try index(of: name)
            for peer in change.tunnel.peers ?? [] {
                try socket.setVXLANPeer(peer.bytes, of: name, at: index, true)
            }
            try open(change, name, index)
        } catch {
            if let index = try? index(of: name) { try? socket.delete(name, at: index) }
            throw error
        }
    }

    private borrowing func createPort(
        _ change: TunnelChange, _ name: InterfaceName, _ bridge: InterfaceIndex
    ) throws(Failure) {
        do throws(NetlinkError) {
            try socket.createVXLAN(
                name, change.tunnel.options, address: change.tunnel.hardwareAddress,
                mtu: change.mtu, master: bridge)
        } catch {
            throw Failure(change.tunnel.sentence(of: error, creating: name))
        }
    }

    private borrowing func restore(_ change: TunnelChange, _ name: InterfaceName) throws {
        guard let port = try ownPort(name) else { throw Failure("\(name) no longer exists") }
        let bridge = try index(of: change.bridge.interface)
        if port.master != bridge {
            // A port gets its options only while it is attached.
            if port.isUp { try socket.set(name, at: port.index, up: false) }
            try socket.set(name, at: port.index, master: bridge)
        }
        if port.mtu != change.mtu { try socket.set(name, at: port.index, mtu: change.mtu) }
        try open(change, name, port.index)
    }

    /// A peer that was removed since is no failure.
    private borrowing func remove(
        _ peer: UnderlayAddress, of name: InterfaceName, at index: InterfaceIndex
    ) throws(NetlinkError) {
        do throws(NetlinkError) {
            try socket.setVXLANPeer(peer.bytes, of: name, at: index, false)
        } catch {
            guard error.errno == .ENOENT else { throw error }
        }
    }

    /// Sets the options of the port in the bridge, and brings it up: the kernel sets the options
    /// first.
    private borrowing func open(
        _ change: TunnelChange, _ name: InterfaceName, _ index: InterfaceIndex
    ) throws {
        let path = Tunnel.ipv6Setting(change.tunnel.name)
        if SmallFile.exists(path) {
            do throws(Errno) { try SmallFile.write("1\n", to: path) } catch {
                throw Failure("cannot write 1 to \(path): \(error)")
            }
        }
        var options = PortOptions(isIsolated: true)
        options.learns = !change.tunnel.usesEVPN
        // With neigh_suppress, the bridge also drops the gratuitous ARP of a container that moved
        // here: other hosts keep its old place for about 12 seconds.
        options.suppressesNeighbors = false
        try bringUp(change, name, index, options)
        guard try socket.interface(at: index)?.isIsolated ?? false else {
            throw Failure(
                "this kernel cannot isolate \(name), so containers that lxc-usernet isolates would "
                    + "reach other hosts: use another kernel, or remove LXC_VXLAN")
        }
    }

    private borrowing func bringUp(
        _ change: TunnelChange, _ name: InterfaceName, _ index: InterfaceIndex,
        _ options: PortOptions
    ) throws(Failure) {
        do throws(NetlinkError) {
            try socket.bringUpWithoutLinkLocalAddress(
                name, at: index, alias: Array("berth-net: tunnel of \(change.bridge)".utf8),
                port: options)
        } catch {
            guard error.errno == .EADDRINUSE else { throw Failure("\(error)") }
            throw Failure(
                "\(name) cannot be brought up, because another program uses the UDP port "
                    + "\(Tunnel.port): stop that program, which ss -lunp names")
        }
    }

    /// The port of that name, if berth-net created it.
    private borrowing func ownPort(_ name: InterfaceName) throws -> Interface? {
        try socket.interface(named: name).flatMap { $0.isOwnTunnel ? $0 : nil }
    }

    /// Sets down a port whose guard could not be loaded.
    borrowing func closeTunnel(_ port: String) {
        guard let name = InterfaceName(Array(port.utf8)),
            let found = (try? socket.interface(named: name)) ?? nil, found.isOwnTunnel
        else { return }
        try? socket.set(name, at: found.index, up: false)
    }
}

extension Tunnel {
    var interfaceName: InterfaceName? { InterfaceName(Array(name.utf8)) }

    static func ipv6Setting(_ port: String) -> String {
        "/proc/sys/net/ipv6/conf/\(port)/disable_ipv6"
    }

    fileprivate func sentence(of error: NetlinkError, creating name: InterfaceName) -> String {
        switch error.errno {
        case .EOPNOTSUPP:
            "\(name) cannot be created: this kernel has no VXLAN (CONFIG_VXLAN); remove LXC_VXLAN, "
                + "or use another kernel"
        case .EEXIST:
            "\(name) cannot be created: an interface of this name, or with the VNI \(number), "
                + "exists already; remove it, or choose another LXC_VXLAN"
        default: "\(error)"
        }
    }
}
