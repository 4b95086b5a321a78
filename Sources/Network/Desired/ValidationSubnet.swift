extension Validation {
    typealias Subnet = DesiredNetwork.Subnet

    mutating func ipv4(_ bridge: BridgeName?) -> Subnet<IPv4Address>? {
        let translates = boolean(.nat)
        if settings.isAutomatic { return automatic(bridge, translates: translates) }
        do throws(SettingsError) {
            return try subnet(.ipv4, of: bridge, translates: translates) { length in
                (Prefix(of: IPv4Address(number: 0x0a00_0300), length: length), .network)
            }
        } catch {
            problems.append(error)
            return nil
        }
    }

    /// - Returns: `nil` if IPv6 is disabled by a setting or in the kernel, or if a setting is
    ///   invalid.
    mutating func ipv6(_ bridge: BridgeName?) -> Subnet<IPv6Address>? {
        let (isEnabled, translates) = (boolean(.ipv6Enable), boolean(.ipv6NAT))
        // As in lxc-net, an empty value of any of these settings disables IPv6.
        guard isEnabled,
            ![.ipv6Address, .ipv6Mask, .ipv6Network].contains(where: settings.isEmptied)
        else { return nil }
        let subnet: Subnet<IPv6Address>
        do throws(SettingsError) {
            subnet = try self.subnet(.ipv6, of: bridge, translates: translates) {
                length throws(SettingsError) in
                let form = "the start of an IPv6 address such as fd42:5009:ba4b:5ab0"
                if let given = try parsed(.ipv6Prefix, as: form, { IPv6Address("\($0)::") }) {
                    return (Prefix(of: given, length: length), .ipv6Prefix)
                }
                let own = UniqueLocalPrefix.prefix(
                    seed: facts.seed, network: isFirst ? nil : bridge?.description)
                return (Prefix(of: own.first, length: max(length, own.length)), .ipv6Prefix)
            }
        } catch {
            problems.append(error)
            return nil
        }
        guard facts.hasIPv6 else {
            warn(
                "IPv6 is not supported by this kernel or is disabled in it, so the network has "
                    + "none: set LXC_IPV6_ENABLE=\"false\" to silence this warning")
            return nil
        }
        if subnet.network.length != 64, advertisesRouter() {
            warn(
                "\(subnet.network) is not a /64, so it is not advertised and containers do not "
                    + "configure IPv6 addresses automatically: assign addresses by hand, or set "
                    + "LXC_IPV6_MASK=\"64\"")
        }
        return subnet
    }

    /// The range and the host's address in it, each derived from the other if it is not set.
    /// - Parameter standard: the range if neither is set, and the setting to which errors about
    ///   this range belong.
    private func subnet<Address>(
        _ names: SubnetSettings<Address>, of bridge: BridgeName?, translates: Bool,
        default standard: (_ length: Int) throws(SettingsError) -> (Prefix<Address>, Setting)
    ) throws(SettingsError) -> Subnet<Address> {
        let given = try parsed(names.mask, as: names.maskForm, names.length)
        let length = given ?? names.defaultLength
        let network: Prefix<Address>
        let source: Setting
        let address = try parsed(names.address, as: "a host address such as \(names.host)") {
            Address($0)
        }
        let form = "a range such as \(names.range): write its first address and prefix length"
        if let range = try parsed(names.network, as: form, { Prefix<Address>($0) }) {
            guard given == nil || given == range.length else {
                throw settings.error(
                    names.mask,
                    "it means /\(length), but \(names.network.rawValue) is \(range): make "
                        + "them agree"
                )
            }
            (network, source) = (range, names.network)
        } else if let address {
            (network, source) = (Prefix(of: address, length: length), names.address)
        } else {
            (network, source) = try standard(length)
        }
        if let objection = names.objection(network) {
            throw settings.error(source, "\(network) \(objection)")
        }
        guard let hosts = network.hosts else {
            throw settings.error(
                given == nil || settings.given(names.network) != nil ? source : names.mask,
                "\(network) has no room for the host and a container: use "
                    + "/\(Address.Number.bitWidth - 2) or a shorter prefix")
        }
        let own = address ?? hosts.lowerBound
        guard hosts.contains(own) else {
            throw settings.error(
                names.address,
                "\(own) is not a host address in \(network): choose one from "
                    + "\(hosts.lowerBound) to \(hosts.upperBound)")
        }
        if let bridge, let route = facts.conflictingRoute(for: network, of: bridge) {
            let name = facts.name(of: route)
            let isOwn = facts.ownBridges.contains { $0.description == name }
            throw settings.error(
                source,
                "\(network) is in use: this host has a route to part of it through \(name): "
                    + (isOwn
                        ? "if \(bridge) replaces \(name), run berth-net stop and then berth-net "
                            + "start; otherwise " : "")
                    + "choose another range\(names.alternative)")
        }
        if let bridge, let owner = facts.owners(among: own...own, except: bridge).first {
            throw settings.error(
                names.address,
                "\(own) is already an address of \(owner.interface): choose another address")
        }
        return Subnet(address: own, network: network, translates: translates)
    }

    /// A free 10.0.N.0/24: the one that the network had before, or the first from 10.0.3.0/24 on.
    private mutating func automatic(
        _ bridge: BridgeName?, translates: Bool
    ) -> Subnet<IPv4Address>? {
        for setting in [Setting.address, .netmask, .dhcpRange] where settings.given(setting) != nil
        {
            refuse(setting, "it conflicts with LXC_NETWORK=\"auto\": remove one of the two")
        }
        guard let bridge else { return nil }
        let candidates =
            [facts.previous[bridge]?.ipv4?.network].compactMap { $0 }
            + (3..<256).map { Prefix(of: IPv4Address(number: 0x0a00_0000 | $0 << 8), length: 24) }
        let others = facts.previous.filter { $0.key != bridge }.compactMap(\.value.ipv4?.network)
        for network in candidates {
            guard facts.conflictingRoute(for: network, of: bridge) == nil,
                !others.contains(where: { $0.overlaps(network) }),
                !facts.nameServers.contains(where: { network.contains($0) }),
                let address = network.hosts?.lowerBound
            else { continue }
            return Subnet(address: address, network: network, translates: translates)
        }
        refuse(
            .network,
            "every range from 10.0.3.0/24 to 10.0.255.0/24 is in use on this host: set a range")
        return nil
    }
}

/// The settings of one IP version's range, and the values that they accept.
private struct SubnetSettings<Address: IPAddress> {
    let network: Setting
    let address: Setting
    let mask: Setting
    /// The form that the mask must have, with an example.
    let maskForm: String
    let defaultLength: Int
    let range: String
    let host: String
    let alternative: String
    let length: (String) -> Int?
    /// Why hosts cannot have addresses in a range, as a predicate; `nil` if they can.
    let objection: (Prefix<Address>) -> String?
}

extension SubnetSettings<IPv4Address> {
    static var ipv4: Self {
        .init(
            network: .network, address: .address, mask: .netmask,
            maskForm: "a netmask such as 255.255.255.0", defaultLength: 24,
            range: "10.0.3.0/24", host: "10.0.3.1",
            alternative: ", or set LXC_NETWORK=\"auto\"",
            length: { IPv4Address($0)?.netmaskLength },
            objection: { range in
                [
                    ("0.0.0.0/8", "\"this network\" (RFC 791)"), ("127.0.0.0/8", "loopback"),
                    ("169.254.0.0/16", "link-local addresses"),
                    ("224.0.0.0/3", "multicast and future use"),
                ].first { Prefix<IPv4Address>($0.0)?.overlaps(range) ?? false }
                    .map { "overlaps \($0.0), which is reserved for \($0.1): choose another range" }
            })
    }
}

extension SubnetSettings<IPv6Address> {
    static var ipv6: Self {
        .init(
            network: .ipv6Network, address: .ipv6Address, mask: .ipv6Mask,
            maskForm: "a prefix length from 3 to 126 such as 64", defaultLength: 64,
            range: "fd42:5009:ba4b:5ab0::/64", host: "fd42:5009:ba4b:5ab0::1",
            alternative: "", length: { Int(decimal: $0, in: 3...126) },
            objection: { range in
                ["2000::/3", "fc00::/7"]
                    .contains { Prefix<IPv6Address>($0)?.contains(range) ?? false }
                    ? nil
                    : "is neither global unicast nor unique local: choose a range that begins with "
                        + "fd, or one from your provider"
            })
    }
}

extension DesiredNetwork.Subnet {
    /// Checks that a container can have the address.
    func check(_ address: Address) throws(InvalidEntry) {
        guard network.hosts?.contains(address) ?? false, address != self.address else {
            throw InvalidEntry(
                "names \(address), which no container in \(network) can have: choose another "
                    + "address"
            )
        }
    }
}
