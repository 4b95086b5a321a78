internal import Linux
internal import Netlink

/// An entry of LXC_VXLAN_PEERS.
private struct Peer: ListEntry {
    let address: UnderlayAddress
    var claims: [UnderlayAddress] { [address] }
}

extension Validation {
    /// The tunnel of LXC_VXLAN; `nil` if none is set, or a setting is invalid.
    mutating func tunnel(of bridge: BridgeName?) -> Tunnel? {
        guard settings.given(.vxlan) != nil else {
            for setting in [Setting.vxlanLocal, .vxlanPeers, .dnsPeers]
            where settings.given(setting) != nil {
                refuse(
                    setting,
                    "it needs LXC_VXLAN, the number of the network that the hosts share: set it, "
                        + "or remove this setting")
            }
            return nil
        }
        let number = value(.vxlan, as: "a VXLAN network number (VNI) from 1 to 16777215") {
            Int(decimal: $0, in: 1...Tunnel.largestNumber)
        }
        let local = localAddress(bridge)
        let peers = peers(local?.address)
        guard let number, let local else { return nil }
        let tunnel = Tunnel(
            number: UInt32(number), local: local.address, underlay: local.interface, peers: peers)
        refuseTakenName(tunnel)
        return tunnel
    }

    /// LXC_VXLAN_LOCAL, and the interface that has the address.
    private mutating func localAddress(
        _ bridge: BridgeName?
    ) -> (address: UnderlayAddress, interface: String)? {
        guard settings.given(.vxlanLocal) != nil else {
            refuse(
                .vxlan,
                "it needs LXC_VXLAN_LOCAL, the address of this host to which the other hosts send: "
                    + "set it")
            return nil
        }
        guard
            let local = value(
                .vxlanLocal, as: "an IPv4 or IPv6 address such as 192.0.2.1",
                { UnderlayAddress($0) })
        else { return nil }
        if let objection = local.objection {
            refuse(
                .vxlanLocal,
                "\(local) \(objection): set an address of this host that the other hosts reach")
            return nil
        }
        guard let interface = facts.interface(with: local) else {
            refuse(
                .vxlanLocal,
                "this host has no address \(local): correct it, or give this host the address "
                    + "first")
            return nil
        }
        if let name = BridgeName(interface.description),
            name == bridge || facts.ownBridges.contains(name)
        {
            refuse(
                .vxlanLocal,
                "\(local) is an address of \(name), a network of berth-net, which cannot carry "
                    + "VXLAN: set an address that other hosts reach")
            return nil
        }
        return (local, interface.description)
    }

    /// - Returns: `nil` for EVPN.
    private mutating func peers(_ local: UnderlayAddress?) -> [UnderlayAddress]? {
        guard let given = settings.given(.vxlanPeers) else {
            refuse(
                .vxlan,
                "it needs LXC_VXLAN_PEERS: list the addresses of the other hosts, or set evpn if "
                    + "FRR finds them by BGP EVPN")
            return nil
        }
        if given == "evpn" { return nil }
        let facts = facts
        return entries(.vxlanPeers) { text throws(InvalidEntry) in
            guard text != "evpn" else {
                throw InvalidEntry(
                    "excludes addresses: set either evpn or the addresses of the other hosts")
            }
            return Peer(address: try facts.otherHost(text, reachedFrom: local))
        }.map(\.address)
    }

    private mutating func refuseTakenName(_ tunnel: Tunnel) {
        guard
            let other = facts.interfaces.first(where: { interface in
                !interface.isOwnTunnel
                    && (interface.description == tunnel.name
                        || interface.vxlan?.number == tunnel.number
                            && interface.vxlan?.port == Tunnel.port)
            })
        else { return }
        refuse(
            .vxlan,
            other.description == tunnel.name
                ? "\(other) is an interface that berth-net did not create: remove it, or choose "
                    + "another number"
                : "\(other), which berth-net did not create, already has this number: remove it, "
                    + "or choose another number")
    }

    /// Refuses addresses of the underlay in the range of the network, and automatic values that
    /// would differ, or clash, between hosts. Warns of forwards to addresses that this host does
    /// not lease.
    mutating func checkTunnel(of network: DesiredNetwork) {
        guard let tunnel = network.tunnel else { return }
        if tunnel.local.isIn(network) {
            refuse(
                .vxlanLocal,
                "\(tunnel.local) is in the range of the network that it is to carry: set an "
                    + "address that other hosts reach without it")
        }
        for peer in tunnel.peers ?? [] where peer.isIn(network) {
            refuse(
                .vxlanPeers,
                "\(peer) is in the range of the network that it is to carry: list addresses that "
                    + "this host reaches without it")
        }
        if settings.isAutomatic {
            refuse(
                .network,
                "\"auto\" could choose another range on each host of LXC_VXLAN: set the range that "
                    + "all of them have")
        } else if !network.dhcp.isDisabled, settings.given(.dhcpRange) == nil {
            refuse(
                .vxlan,
                "each host leases addresses to its own containers: set LXC_DHCP_RANGE to addresses "
                    + "that no other host leases, or LXC_DHCP=\"false\"")
        }
        if network.ipv6 != nil,
            [.ipv6Prefix, .ipv6Network, .ipv6Address].allSatisfy({ settings.given($0) == nil })
        {
            refuse(
                .vxlan,
                "the default IPv6 range differs from host to host: set LXC_IPV6_PREFIX to the one "
                    + "that all hosts have, such as fd42:88:88:88, or LXC_IPV6_ENABLE=\"false\"")
        }
        warnAboutForwards(of: network)
    }

    private mutating func warnAboutForwards(of network: DesiredNetwork) {
        guard !network.dhcp.isDisabled else { return }
        let share = network.dhcp.first...max(network.dhcp.first, network.dhcp.last)
        for forward in network.forwards {
            guard case .ipv4(let target) = forward.target, !share.contains(target),
                !network.dhcp.reservations.contains(where: { $0.address == target })
            else { continue }
            warn(
                .forwards,
                "\"\(forward)\" forwards to an address outside LXC_DHCP_RANGE of this host, "
                    + "\(share.lowerBound) to \(share.upperBound): a forward works only "
                    + "while the container runs on this host; set it on the container's host")
        }
    }

    /// The largest MTU of the network that loses no packet in the tunnel.
    func largestMTU(in tunnel: Tunnel) -> UInt32 {
        let mtu = facts.underlayMTU(of: tunnel)
        let overhead = Tunnel.overhead(isIPv6: tunnel.local.isIPv6)
        return mtu > overhead ? min(mtu - overhead, 65535) : 0
    }
}

extension HostFacts {
    /// The interface with this address.
    fileprivate func interface(with address: UnderlayAddress) -> Interface? {
        addresses.first { $0.bytes == address.bytes }.flatMap { entry in
            interfaces.first { $0.index == entry.interface }
        }
    }

    /// An address on the loopback interface or a dummy is reached through others.
    func underlayMTU(of tunnel: Tunnel) -> UInt32 {
        guard let interface = interface(with: tunnel.local), interface.kind != .dummy,
            interface.description != "lo"
        else { return defaultRouteMTU }
        return interface.mtu
    }

    /// The address of another host on the underlay.
    func otherHost(
        _ text: String, reachedFrom local: UnderlayAddress?
    ) throws(InvalidEntry) -> UnderlayAddress {
        guard let address = UnderlayAddress(text) else {
            throw InvalidEntry("is not an IPv4 or IPv6 address such as 192.0.2.2")
        }
        if let objection = address.objection {
            throw InvalidEntry("\(objection): write the address of another host")
        }
        guard local.map({ $0.isIPv6 == address.isIPv6 }) ?? true else {
            throw InvalidEntry(
                "and LXC_VXLAN_LOCAL are of different IP versions: use addresses of one version")
        }
        guard interface(with: address) == nil else {
            throw InvalidEntry("is an address of this host: list only the other hosts")
        }
        if case .ipv4(let address) = address,
            addresses.contains(where: { entry in
                guard let own = IPv4Address(bytes: entry.bytes), entry.prefixLength < 31 else {
                    return false
                }
                let network = Prefix(of: own, length: Int(entry.prefixLength))
                return address == network.first || address == network.broadcast
            })
        {
            throw InvalidEntry(
                "is the broadcast address or the first address of a network of this host: write "
                    + "the address of another host")
        }
        return address
    }
}
