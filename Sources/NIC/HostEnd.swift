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
                name, at: host.index, alias: made.label.alias, port: made.grant.port)
        }
        try session.withOpenVSwitch { bridge, root throws(Refusal) in
            try bridge.add(name, vlan: made.options.vlan, as: root)
        }
        // Open vSwitch also adds and keeps a port whose NIC no longer exists, so look up the NIC
        // again.
        if session.bridge.isOpenVSwitch, try interface(made).index != host.index {
            throw .vanished(name.description)
        }
        return host
    }

    /// Prepares the port for options that the kernel sets when the port comes up, or refuses them.
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
            // The last three: a kernel without nftables, or without its family bridge.
            guard
                [Errno.notFound, .noProtocol, .notSupported, .noFamily].contains(error.errno)
            else { throw .kernel(error) }
            throw .noAddressFilter(line: made.line, bridge: request.bridge.description)
        }
    }

    /// Keeps the container from changing the host's routes with router advertisements (accept_ra)
    /// and redirects (accept_redirects), which reach the host's IP stack unless the NIC is a port
    /// of a Linux bridge.
    private borrowing func protectHost(from nic: InterfaceName) throws(Refusal) {
        if case .linux = session.bridge { return }
        let name = nic.description
        do throws(Errno) {
            try InterfaceSysctl.ipv6AcceptRouterAdvertisements.set(0, of: name)
            try InterfaceSysctl.ipv6AcceptRedirects.set(0, of: name)
            try InterfaceSysctl.ipv4AcceptRedirects.set(0, of: name)
            // A host that does not forward packets also accepts redirects if the setting for all
            // interfaces is 1. Forged redirects must have the gateway's address as their source;
            // the reverse path filter (rp_filter) drops packets from this NIC with that source.
            try InterfaceSysctl.ipv4ReversePathFilter.set(1, of: name)
            // A port of a switch needs no IPv6 on the host.
            if session.bridge.isOpenVSwitch { try InterfaceSysctl.ipv6Disabled.set(1, of: name) }
        } catch { throw .hostNotProtected(nic: name, error) }
    }
}
