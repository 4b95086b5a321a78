internal import Identity
internal import Linux
internal import Netlink

extension HostFacts {
    /// Why the uplink cannot become a port of the bridge, and how to fix that; `nil` if it can, or
    /// is one already.
    func objection(to uplink: Uplink, of bridge: BridgeName) -> String? {
        guard let nic = interface(named: uplink.nic) else {
            return "this host has no interface \(uplink.nic): correct the name, or plug in or "
                + "create the interface first"
        }
        guard let vlan = uplink.vlan else {
            return isPort(nic, of: bridge) ? nil : objection(toPort: nic) ?? use(of: nic)
        }
        if let objection = objection(toPort: nic) { return objection }
        if let present = interface(of: uplink) {
            guard present.isOwnVLAN, present.peer == nic.index, present.vlan == vlan.number else {
                return "\(present) exists, and berth-net did not create it: remove it, and what "
                    + "creates it at boot, or use another VLAN"
            }
            guard !isPort(present, of: bridge) else { return nil }
            return use(of: present)
        }
        let other = interfaces.first {
            $0.kind == .vlan && $0.peer == nic.index && $0.vlan == vlan.number
        }
        return other.map {
            "\($0) already is the interface for VLAN \(vlan.number) of \(nic): remove it, and what "
                + "creates it at boot, or use another VLAN"
        }
    }

    func isPort(_ interface: Interface, of bridge: BridgeName) -> Bool {
        interface.master != nil && interface.master == self.interface(named: bridge)?.index
    }

    /// Why this kind of interface leads to no LAN.
    private func objection(toPort nic: Interface) -> String? {
        let advice = "name a NIC that leads to the LAN"
        if nic.description == "lo" { return "lo is the loopback interface: \(advice)" }
        if nic.kind == .bridge || nic.kind == .openVSwitch {
            return "\(nic) is a bridge, which cannot be a port of another one: name its NIC, after "
                + "taking it off \(nic)"
        }
        if nic.isOwnTunnel || nic.isOwnVLAN {
            return "\(nic) is a port that berth-net created for a network: \(advice)"
        }
        if ledger.contains(where: { $0.nic == nic.name }) || PortGrant(group: nic.group) != nil {
            return "\(nic) is the NIC of a container: \(advice)"
        }
        guard nic.address?.bytes.count == 6 else {
            return "\(nic) is not an Ethernet interface: \(advice)"
        }
        guard !isWireless(nic.description) else {
            return "\(nic) is a wireless interface, and an access point accepts no frames with the "
                + "hardware addresses of containers: use a wired NIC, or a network with NAT"
        }
        return nil
    }

    /// What else uses the interface.
    private func use(of nic: Interface) -> String? {
        if let master = nic.master {
            let other = interfaces.first { $0.index == master }
            if let other, ownBridges.contains(where: { $0.interface == other.name }) {
                return "\(nic) is a port of \(other), another network of berth-net: remove "
                    + "LXC_UPLINK from one of the two networks, and reload first"
            }
            return "\(nic) belongs to \(other?.description ?? "another interface"): run "
                + "ip link set \(nic) nomaster, and remove what attaches it at boot"
        }
        if let manager = managers(nic.index.number).first { return manager.objection(to: nic) }
        if let address = addressesOfHost(on: nic).first {
            return "\(nic) has the address \(address), which this host would lose: remove the "
                + "address and what assigns it, or use another NIC or a VLAN of this one "
                + "(\(nic).NUMBER)"
        }
        if let route = routes.first(where: { $0.goesOut(through: nic.index) && !$0.isLinkLocal }) {
            return "a route of this host leads through \(nic) (\(route.text)): remove it, or use "
                + "another NIC or a VLAN of this one (\(nic).NUMBER)"
        }
        return nil
    }

    /// The addresses other than the link-local ones of IPv6, which the kernel itself gives to every
    /// interface.
    func addressesOfHost(on interface: Interface) -> [BridgeAddress] {
        addresses.filter { address in
            address.interface == interface.index
                && !(address.isLinkLocal && address.bytes.count == 16)
        }.map { BridgeAddress($0) }
    }
}

extension LinkManager {
    fileprivate func objection(to nic: Interface) -> String {
        switch self {
        case .networkd(let file):
            "systemd-networkd configures \(nic) according to \(file.quoted), and would take it off "
                + "the bridge: write [Match] Name=\(nic), [Link] Unmanaged=yes into a file in "
                + "/etc/systemd/network that sorts before it, and run networkctl reload"
        case .networkManager:
            "NetworkManager manages \(nic), and would take it off the bridge: run "
                + "nmcli device set \(nic) managed no, and write "
                + "unmanaged-devices=interface-name:\(nic) into the section [keyfile] of a file in "
                + "/etc/NetworkManager/conf.d"
        }
    }
}

extension Route {
    /// Whether it leads to link-local addresses of IPv6 (fe80::/10): the kernel adds such a route
    /// for every interface.
    fileprivate var isLinkLocal: Bool {
        destination.count == 16 && destination[0] == 0xfe && destination[1] & 0xc0 == 0x80
    }

    fileprivate var text: String {
        guard !isDefault else { return "the default route" }
        let address =
            IPv4Address(bytes: destination)?.description
            ?? IPv6Address(bytes: destination)?.description
        return "\(address ?? "?")/\(prefixLength)"
    }
}
