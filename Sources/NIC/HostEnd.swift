internal import Identity
internal import Linux
internal import Netlink
internal import Usernet

extension PortGrant {
    init(_ options: UsernetEntry.Options) {
        self.init()
        isIsolated = options.isIsolated
        filtersHardwareAddress = options.filtersAddress
        vlan = options.vlan
        filtersAddresses = options.filtersIPAddresses
    }

    /// The options of a bridge port that enforce the grant.
    var port: PortOptions {
        var port = PortOptions()
        if isIsolated { port.isIsolated = true }
        port.isLocked = filtersHardwareAddress
        return port
    }
}

extension Create {
    /// Configures the host end, brings it up, and adds it to the bridge if that is an Open vSwitch
    /// bridge.
    borrowing func configureHostEnd(_ made: CreatedNIC) throws(Refusal) -> Interface {
        let name = made.pair.host
        let host = try interface(made)
        try setVLAN(host, made)
        try setRate(host, made)
        try restrictPort(host, made)
        if made.grant.filtersAddresses { try admitToFilter(made) }
        try protectHost(from: name)
        try netlink { () throws(NetlinkError) in
            try session.kernel.bringUpWithoutLinkLocalAddress(
                name, at: host.index, port: made.grant.port)
        }
        try session.withOpenVSwitch { bridge, root throws(Refusal) in
            let number = made.label.number
            let port = OpenVSwitch.Port(
                name: name, vlan: made.options.vlan,
                logicalPort: LogicalPort(container.identity(number)),
                hardwareAddress: made.pair.containerAddress)
            try bridge.add(port, as: root)
        }
        // Open vSwitch also adds and keeps a port whose NIC no longer exists, so look up the NIC
        // again.
        if session.bridge.isOpenVSwitch, try interface(made).index != host.index {
            throw .vanished(name.description)
        }
        return host
    }

    /// Prepares the port for options that the kernel sets when the port comes up
    /// (IFLA_BRPORT_LOCKED, with a static FDB entry), or refuses them.
    private borrowing func restrictPort(_ host: Interface, _ made: CreatedNIC) throws(Refusal) {
        guard made.grant.port.isLocked, let address = made.pair.containerAddress else { return }
        guard host.knowsLock else {
            throw .optionUnknownToKernel(
                line: made.line, option: made.grant.filtersAddresses ? "ipfilter" : "macfilter")
        }
        try netlink { () throws(NetlinkError) in
            try session.kernel.addStaticFDBEntry(address, to: made.pair.host, at: host.index)
        }
    }

    /// Adds the NIC to the filter of berth-net before a frame can pass the port. If berth-net does
    /// not filter on the bridge, the set with its NICs does not exist, and the NIC is refused.
    private borrowing func admitToFilter(_ made: CreatedNIC) throws(Refusal) {
        guard let address = made.pair.containerAddress else { return }
        do throws(NetlinkError) {
            let socket = try NetfilterSocket.connect()
            try socket.add(
                AddressFilterTable.elements(of: address, on: request.bridge),
                toBridgeTable: AddressFilterTable.name)
        } catch {
            // The last three: a kernel without nftables, or without its bridge family.
            guard
                [Errno.ENOENT, .EPROTONOSUPPORT, .EOPNOTSUPP, .EAFNOSUPPORT].contains(error.errno)
            else { throw .kernel(error) }
            throw .noAddressFilter(line: made.line, bridge: request.bridge.description)
        }
    }

    /// Keeps the container from changing the host's routes with router advertisements and
    /// redirects. They reach the host's IP stack from a NIC without a switch, and from a port of a
    /// Linux bridge if their destination is a link-local group address such as that of LLDP
    /// (01:80:c2:00:00:0e), which no hook of nftables sees.
    private borrowing func protectHost(from nic: InterfaceName) throws(Refusal) {
        do throws(Errno) { try protectHost(fromFramesOf: nic.description) } catch {
            throw .hostNotProtected(nic: nic.description, error)
        }
    }

    private borrowing func protectHost(fromFramesOf name: String) throws(Errno) {
        // A port of a switch needs no IPv6 on the host.
        if case .none = session.bridge {
            try InterfaceSysctl.ipv6AcceptRouterAdvertisements.set(0, of: name)
            try InterfaceSysctl.ipv6AcceptRedirects.set(0, of: name)
        } else {
            try InterfaceSysctl.ipv6Disabled.set(1, of: name)
        }
        // The reverse path filter drops redirects, whose source must be the gateway's address, and
        // all other IPv4 packets from a port. It is on for ports of a Linux bridge once they are
        // up: see RouteSocket.bringUpWithoutLinkLocalAddress.
        if case .linux = session.bridge { return }
        // A host that does not forward packets also accepts redirects if the setting for all
        // interfaces is 1.
        try InterfaceSysctl.ipv4AcceptRedirects.set(0, of: name)
        try InterfaceSysctl.ipv4ReversePathFilter.set(1, of: name)
    }
}
