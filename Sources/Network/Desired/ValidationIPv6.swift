internal import Linux

extension Validation {
    typealias IPv6Subnet = DesiredNetwork.Subnet<IPv6Address>

    /// `nil` where IPv6 is switched off, by a setting or in the kernel.
    mutating func ipv6(_ bridge: BridgeName?) -> IPv6Subnet? {
        let isEnabled = truth(.ipv6Enable)
        let translates = truth(.ipv6NAT)
        // As with lxc-net: one of these three set to nothing switches IPv6 off.
        let isEmptied = [Setting.ipv6Address, .ipv6Mask, .ipv6Network].contains {
            settings.isSet($0) && settings.given($0) == nil
        }
        guard isEnabled, !isEmptied else { return nil }
        guard let network = ipv6Network(bridge), let address = ipv6Address(in: network) else {
            return nil
        }
        guard facts.hasIPv6 else {
            warn(
                "this kernel does no IPv6, so the network has none: set LXC_IPV6_ENABLE=\"false\" "
                    + "to have it so without this line")
            return nil
        }
        if let bridge, let route = facts.conflictingRoute(for: network, of: bridge) {
            refuse(
                settings.given(.ipv6Network) == nil ? .ipv6Prefix : .ipv6Network,
                "\(network) is in use: this host has a route to part of it by "
                    + "\(facts.name(of: route)): choose another range")
            return nil
        }
        if network.length != 64, truth(.ipv6RouterAdvertisements) {
            warn(
                "\(network) is not a /64, in which alone containers choose IPv6 addresses, so it is not "
                    + "advertised: give them addresses by hand, or set LXC_IPV6_MASK=\"64\"")
        }
        return IPv6Subnet(address: address, network: network, translates: translates)
    }

    private mutating func ipv6Network(_ bridge: BridgeName?) -> Prefix<IPv6Address>? {
        var length = 64
        if let given = settings.given(.ipv6Mask)?.value {
            guard let number = decimal(Array(given.utf8)[...], upTo: 126), number > 2 else {
                refuse(.ipv6Mask, "\"\(shown(given))\" is not the length of a prefix, such as 64")
                return nil
            }
            length = Int(number)
        }
        if let given = settings.given(.ipv6Network)?.value {
            guard let network = Prefix<IPv6Address>(given) else {
                refuse(
                    .ipv6Network,
                    "\"\(shown(given))\" is not a range such as fd42:5009:ba4b:5ab0::/64, with no bit "
                        + "set behind its length")
                return nil
            }
            guard settings.given(.ipv6Mask) == nil || network.length == length else {
                refuse(
                    .ipv6Mask,
                    "it is \(length), and LXC_IPV6_NETWORK is \(network): make them agree")
                return nil
            }
            return isUsable(network, .ipv6Network) ? network : nil
        }
        if let given = settings.given(.ipv6Address)?.value {
            guard let address = IPv6Address(given) else {
                refuse(.ipv6Address, "\"\(shown(given))\" is not an IPv6 address")
                return nil
            }
            let network = Prefix(of: address, length: length)
            return isUsable(network, .ipv6Address) ? network : nil
        }
        if let given = settings.given(.ipv6Prefix)?.value {
            guard let address = IPv6Address("\(given)::") else {
                refuse(
                    .ipv6Prefix,
                    "\"\(shown(given))\" is not the beginning of an IPv6 address, such as "
                        + "fd42:5009:ba4b:5ab0")
                return nil
            }
            let network = Prefix(of: address, length: length)
            return isUsable(network, .ipv6Prefix) ? network : nil
        }
        let own = UniqueLocalPrefix.prefix(
            seed: facts.seed, network: isFirst ? nil : bridge?.description)
        return Prefix(of: own.first, length: max(length, 64))
    }

    private mutating func isUsable(_ network: Prefix<IPv6Address>, _ setting: Setting) -> Bool {
        let first = network.first
        let isGlobal = first.number >> 125 == 1 && network.length >= 3
        let isUniqueLocal = first.number >> 121 == 0xfc >> 1 && network.length >= 7
        let unusable: String? =
            isGlobal || isUniqueLocal
            ? nil
            : first.isLinkLocal
                ? "only good on one link, and no container could be reached by it from elsewhere"
                : first.isMulticast ? "for groups, and no host's" : "no range for hosts"
        guard let unusable else { return true }
        refuse(
            setting,
            "\(network) is \(unusable): use a range that begins with fd, or one of your provider's")
        return false
    }

    private mutating func ipv6Address(in network: Prefix<IPv6Address>) -> IPv6Address? {
        guard let given = settings.given(.ipv6Address)?.value else {
            return IPv6Address(number: network.first.number + 1)
        }
        guard let address = IPv6Address(given) else {
            refuse(.ipv6Address, "\"\(shown(given))\" is not an IPv6 address")
            return nil
        }
        guard network.contains(address), address != network.first else {
            refuse(.ipv6Address, "\(address) is not a host's address in \(network)")
            return nil
        }
        return address
    }
}
