internal import Linux
internal import Netlink

extension Create {
    /// Configures the host end, brings it up, and adds it to the bridge if that is an Open vSwitch
    /// bridge.
    borrowing func configureHostEnd(_ made: CreatedNIC) throws(Refusal) -> Interface {
        let name = made.pair.host
        let host = try interface(made)
        if made.port != PortOptions() { try applyPortOptions(host, made) }
        try protectHost(from: name)
        try netlink { () throws(NetlinkError) in
            try session.kernel.bringUpWithoutLinkLocalAddress(name, at: host.index)
        }
        try session.withOpenVSwitch { bridge, root throws(Refusal) in try bridge.add(name, as: root)
        }
        // Open vSwitch also adds and keeps a port whose NIC no longer exists, so look up the NIC
        // again.
        if session.bridge.isOpenVSwitch, try interface(made).index != host.index {
            throw .vanished(name.description)
        }
        return host
    }

    /// Sets the options before the port is up, so that no frame passes without them.
    private borrowing func applyPortOptions(_ host: Interface, _ made: CreatedNIC) throws(Refusal) {
        try netlink { () throws(NetlinkError) in
            if let address = made.pair.containerAddress {
                try session.kernel.addStaticFDBEntry(
                    address, to: made.pair.host, at: host.index)
            }
            try session.kernel.set(made.pair.host, at: host.index, port: made.port)
        }
        let port = try interface(made)
        if made.port.isIsolated == true && !port.isIsolated {
            throw .optionUnknownToKernel(line: made.line, option: "isolated")
        }
        if made.port.isLocked && !port.isLocked {
            throw .optionUnknownToKernel(line: made.line, option: "macfilter")
        }
    }

    /// Keeps the container from changing the host's routes with router advertisements and
    /// redirects, which reach the host's IP stack unless the NIC is a port of a Linux bridge.
    private borrowing func protectHost(from nic: InterfaceName) throws(Refusal) {
        if case .linux = session.bridge { return }
        let name = nic.description
        do throws(Errno) {
            try InterfaceSysctl.ipv6AcceptRouterAdvertisements.set(0, of: name)
            try InterfaceSysctl.ipv6AcceptRedirects.set(0, of: name)
            try InterfaceSysctl.ipv4AcceptRedirects.set(0, of: name)
            // A host that does not forward packets also accepts redirects if the setting for all
            // interfaces is 1. Forged redirects must have the gateway's address as their source;
            // the reverse path filter drops packets from this NIC with that source.
            try InterfaceSysctl.ipv4ReversePathFilter.set(1, of: name)
            // A port of a switch needs no IPv6 on the host.
            if session.bridge.isOpenVSwitch { try InterfaceSysctl.ipv6Disabled.set(1, of: name) }
        } catch { throw .hostNotProtected(nic: name, error) }
    }
}
