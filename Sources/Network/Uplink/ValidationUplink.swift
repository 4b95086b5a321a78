internal import Identity
internal import Linux
internal import Netlink

extension Validation {
    /// Whether the network is part of a LAN, which has a router and a DHCP server of its own.
    var isInLAN: Bool { settings.given(.uplink) != nil }

    /// Whether this host gets an IPv4 address on the bridge.
    var hasIPv4: Bool { !isInLAN || settings.given(.address) != nil }

    /// The defaults of a network in a LAN: nothing that a LAN has already.
    func defaultValue(_ setting: Setting) -> String {
        guard isInLAN else { return setting.defaultValue }
        switch setting {
        case .dhcp, .nat, .ipv6NAT, .ipv6RouterAdvertisements, .reversePathFilter: return "false"
        case .ipv6Enable: return settings.given(.ipv6Address) == nil ? "false" : "true"
        default: return setting.defaultValue
        }
    }

    /// - Returns: `nil` if none is set, or it is invalid.
    mutating func uplink(of bridge: BridgeName?) -> Uplink? {
        guard let given = settings.given(.uplink) else { return nil }
        refuseExcludedSettings()
        guard let uplink = parsedUplink(given) else { return nil }
        guard let bridge else { return nil }
        if uplink.port == bridge || uplink.nic == bridge {
            refuse(
                .uplink,
                "\(bridge) is the bridge itself: name a NIC that leads to the LAN")
            return nil
        }
        if let objection = facts.objection(to: uplink, of: bridge) {
            refuse(.uplink, objection)
            return nil
        }
        refuseAddresses(of: bridge)
        if let port = facts.interface(of: uplink), facts.isPort(port, of: bridge) {
            for address in facts.addressesOfHost(on: port) {
                warn(
                    .uplink,
                    "\(port) has the address \(address), which does not work on a port of a "
                        + "bridge: remove it, or give it to \(bridge) as LXC_ADDR")
            }
        }
        return uplink
    }

    /// Refuses addresses of another program on a bridge that becomes closed to their IP version.
    private mutating func refuseAddresses(of bridge: BridgeName) {
        guard let interface = facts.interface(named: bridge) else { return }
        let previous = facts.previous[bridge]
        for address in facts.addressesOfHost(on: interface)
        where !(previous?.addresses.contains(address) ?? false) {
            let setting = address.isIPv4 ? Setting.address : .ipv6Address
            guard settings.given(setting) == nil else { continue }
            let sentence =
                "\(bridge) has the address \(address), which does not work in a LAN without "
                + "\(setting.rawValue): set it, or remove the address"
            if previous?.isClosed(isIPv6: !address.isIPv4) ?? false {
                warn(.uplink, sentence)
            } else {
                refuse(.uplink, sentence)
            }
        }
    }

    private mutating func parsedUplink(_ given: String) -> Uplink? {
        let form = "set the name of a NIC such as eth1, or of a NIC and a VLAN such as eth1.100"
        guard given.utf8.count <= 15 else {
            refuse(
                .uplink,
                "\(quoted(given)) has \(given.utf8.count) characters, and names of interfaces have "
                    + "at most 15: give the NIC a shorter name (systemd.link(5), or ip link set "
                    + "NIC name NEW)")
            return nil
        }
        guard let port = BridgeName(given), !["all", "default"].contains(given) else {
            refuse(.uplink, "\(quoted(given)) is not the name of an interface: \(form)")
            return nil
        }
        guard let dot = given.lastIndex(of: "."),
            facts.interface(named: port).map({ $0.kind == .vlan }) ?? true
        else { return Uplink(port: port, vlan: nil) }
        let digits = given[given.index(after: dot)...]
        guard let nic = BridgeName(String(given[..<dot])),
            let number = Int(decimal: digits, in: 1...4094), digits.first != "0"
        else {
            refuse(
                .uplink,
                "\(quoted(given)) does not end with the number of a VLAN from 1 to 4094: \(form)")
            return nil
        }
        return Uplink(port: port, vlan: .init(nic: nic, number: UInt16(number)))
    }

    private mutating func refuseExcludedSettings() {
        if settings.given(.vxlan) != nil {
            refuse(
                .uplink,
                "it cannot be combined with LXC_VXLAN: frames could loop between the LAN and the "
                    + "other hosts; remove one of the two, or give each a network of its own")
        }
        if boolean(.vlanAware) {
            refuse(
                .uplink,
                "it cannot be combined with LXC_VLAN_AWARE: give each VLAN a network of its own, "
                    + "with LXC_UPLINK set to NIC.VLAN")
        }
        if !hasIPv4 {
            for setting in [Setting.network, .netmask, .dhcpRange, .dhcpHosts, .forwards]
            where settings.given(setting) != nil {
                refuse(
                    setting,
                    "with LXC_UPLINK it needs LXC_ADDR, the address of this host in the LAN: set "
                        + "it, or remove this setting")
            }
            for setting in [Setting.dhcp, .nat] where boolean(setting) {
                refuse(
                    setting,
                    "with LXC_UPLINK it needs LXC_ADDR, the address of this host in the LAN: set "
                        + "it, or remove this setting, because the LAN has a router")
            }
            if let port = settings.given(.dnsPort), port != "0" {
                refuse(
                    .dnsPort,
                    "with LXC_UPLINK it needs LXC_ADDR, the address of this host in the LAN: set "
                        + "it, or remove this setting")
            }
        } else if settings.isAutomatic {
            refuse(
                .network,
                "\"auto\" chooses a range that is in use nowhere on this host, so it is not that "
                    + "of the LAN: with LXC_UPLINK, set LXC_ADDR and LXC_NETMASK as the LAN needs "
                    + "them")
        }
        if settings.given(.ipv6Address) == nil {
            for setting in [Setting.ipv6Prefix, .ipv6Network, .ipv6Mask, .ipv6Enable, .ipv6NAT]
            where settings.given(setting) != nil {
                guard ![.ipv6Enable, .ipv6NAT].contains(setting) || boolean(setting) else {
                    continue
                }
                refuse(
                    setting,
                    "with LXC_UPLINK it needs LXC_IPV6_ADDR, the address of this host in the LAN: "
                        + "set it, or remove this setting")
            }
        }
    }

    /// The MTU of the NIC is that of the LAN.
    mutating func mtu(in uplink: Uplink, lowest: Int) -> UInt32? {
        let nic = facts.interface(of: uplink) ?? facts.interface(named: uplink.nic)
        guard let nic else { return nil }
        guard nic.mtu >= UInt32(lowest) else {
            refuse(
                .uplink,
                "the MTU of \(nic) is \(nic.mtu), and this network needs \(lowest): increase it"
                    + (lowest == 1280 ? ", or remove LXC_IPV6_ADDR" : ""))
            return nil
        }
        guard let given = settings.given(.bridgeMTU).flatMap({ UInt32($0) }) else { return nic.mtu }
        if given > nic.mtu {
            refuse(
                .bridgeMTU,
                "\(given) is more than the MTU of \(nic), \(nic.mtu), so large packets would be "
                    + "lost: remove this setting, or increase the MTU of \(nic) first")
        } else if given < nic.mtu {
            warn(
                .bridgeMTU,
                "\(given) is less than the MTU of \(nic), \(nic.mtu), so large packets from the "
                    + "LAN can be lost: remove this setting")
        }
        return given
    }

    /// The default hardware address of a bridge is the same on all hosts, which a LAN does not
    /// allow. This one is unlikely to be that of another host.
    func hardwareAddress(inLAN bridge: BridgeName) -> String {
        let digest = SHA256.digest(Array("uplink \(bridge)\n".utf8) + facts.seed)
        return MACAddress(bytes: [0x12, 0x66] + digest.prefix(4)).description
    }
}
