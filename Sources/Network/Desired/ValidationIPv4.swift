internal import Linux

extension Validation {
    typealias IPv4Subnet = DesiredNetwork.Subnet<IPv4Address>

    /// Where one of LXC_NETWORK, LXC_ADDR and LXC_NETMASK is set, the others follow from it.
    mutating func ipv4(_ bridge: BridgeName?) -> IPv4Subnet? {
        let translates = truth(.nat)
        if settings.isAutomatic {
            return automatic(bridge, translates: translates)
        }
        guard let network = ipv4Network() else { return nil }
        guard let hosts = network.hosts else {
            refuse(
                .network, "\(network) has no room for a host and a container: /30 is the smallest")
            return nil
        }
        let address: IPv4Address
        if let given = settings.given(.address)?.value {
            guard let parsed = IPv4Address(given) else {
                refuse(.address, "\"\(shown(given))\" is not an IPv4 address")
                return nil
            }
            address = parsed
        } else {
            address = hosts.lowerBound
        }
        guard hosts.contains(address) else {
            refuse(
                .address,
                "\(address) is not a host's address in \(network): choose one from "
                    + "\(hosts.lowerBound) to \(hosts.upperBound)")
            return nil
        }
        guard isUsable(network) else { return nil }
        if let bridge, let route = facts.conflictingRoute(for: network, of: bridge) {
            refuse(
                settings.isSet(.network) ? .network : .address,
                "\(network) is in use: this host has a route to part of it by "
                    + "\(facts.name(of: route)): choose another range, or LXC_NETWORK=\"auto\"")
            return nil
        }
        return IPv4Subnet(address: address, network: network, translates: translates)
    }

    private mutating func isUsable(_ network: Prefix<IPv4Address>) -> Bool {
        let setting: Setting = settings.given(.network) == nil ? .address : .network
        let unusable: [(first: UInt32, length: Int, what: String)] = [
            (0, 8, "this host itself"), (0x7f00_0000, 8, "the loopback range"),
            (0xa9fe_0000, 16, "the link-local range"), (0xe000_0000, 3, "multicast and reserved"),
        ]
        for range in unusable {
            let prefix = Prefix(of: IPv4Address(number: range.first), length: range.length)
            guard prefix.overlaps(network) else { continue }
            refuse(setting, "\(network) lies in \(prefix), which means \(range.what)")
            return false
        }
        return true
    }

    private mutating func ipv4Network() -> Prefix<IPv4Address>? {
        var length: Int?
        if let given = settings.given(.netmask)?.value {
            length = IPv4Address(given)?.netmaskLength
            guard length != nil else {
                refuse(.netmask, "\"\(shown(given))\" is not a netmask such as 255.255.255.0")
                return nil
            }
        }
        if let given = settings.given(.network)?.value {
            guard let network = Prefix<IPv4Address>(given) else {
                refuse(
                    .network,
                    "\"\(shown(given))\" is not a range such as 10.0.3.0/24, with no bit set behind "
                        + "its length")
                return nil
            }
            if let length, length != network.length {
                refuse(
                    .netmask,
                    "it means /\(length), and LXC_NETWORK is \(network): make them agree")
                return nil
            }
            return network
        }
        if let given = settings.given(.address)?.value {
            guard let address = IPv4Address(given) else {
                refuse(.address, "\"\(shown(given))\" is not an IPv4 address")
                return nil
            }
            return Prefix(of: address, length: length ?? 24)
        }
        return Prefix(of: Self.usualNetwork, length: length ?? 24)
    }

    private static let usualNetwork = IPv4Address(number: 0x0a00_0300)

    /// A free 10.0.N.0/24: the one that the network had before, else from 10.0.3.0/24 upwards.
    private mutating func automatic(_ bridge: BridgeName?, translates: Bool) -> IPv4Subnet? {
        for setting in [Setting.address, .netmask, .dhcpRange] where settings.given(setting) != nil
        {
            refuse(setting, "it cannot be set with LXC_NETWORK=\"auto\": remove one of the two")
        }
        guard let bridge else { return nil }
        let before = facts.previous[bridge]?.ipv4.network
        let candidates =
            ([before].compactMap { $0 })
            + (3..<256).map {
                Prefix(of: IPv4Address(number: 0x0a00_0000 | UInt32($0) << 8), length: 24)
            }
        let others = facts.previous.filter { $0.key != bridge }.map(\.value.ipv4.network)
        for network in candidates {
            guard facts.conflictingRoute(for: network, of: bridge) == nil,
                !others.contains(where: { $0.overlaps(network) }),
                !facts.nameServers.contains(where: { network.contains($0) }),
                let address = network.hosts?.lowerBound
            else { continue }
            return IPv4Subnet(address: address, network: network, translates: translates)
        }
        refuse(.network, "this host has routes into every 10.0.N.0/24: set a range")
        return nil
    }

    mutating func dhcp(_ ipv4: IPv4Subnet) -> DesiredNetwork.DHCP {
        let (first, last, details) = range(ipv4)
        let size = Int(last.number &- first.number) &+ 1
        var maximum = max(1, size)
        if let given = settings.given(.dhcpMaximum)?.value {
            if let number = decimal(Array(given.utf8)[...], upTo: 1 << 24), number > 0 {
                maximum = Int(number)
            } else {
                refuse(.dhcpMaximum, "\"\(shown(given))\" is not a number of leases from 1")
            }
        }
        let file = settings.given(.dhcpConfigurationFile)?.value
        if let file {
            if !file.hasPrefix("/") || file.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
                refuse(.dhcpConfigurationFile, "\"\(shown(file))\" is not an absolute path")
            } else if !facts.fileExists(file) {
                refuse(
                    .dhcpConfigurationFile, "\(shown(file)) does not exist: make it, or remove this"
                )
            }
        }
        return .init(
            first: first, last: last, details: details, maximum: maximum, pings: truth(.dhcpPing),
            configurationFile: file, reservations: reservations(ipv4))
    }

    private mutating func range(_ ipv4: IPv4Subnet) -> (IPv4Address, IPv4Address, [String]) {
        guard let hosts = ipv4.network.hosts else { return (ipv4.address, ipv4.address, []) }
        guard let given = settings.given(.dhcpRange)?.value else {
            // The larger part of the network beside the host's own address.
            let below = ipv4.address.number - hosts.lowerBound.number
            let above = hosts.upperBound.number - ipv4.address.number
            return above >= below
                ? (IPv4Address(number: ipv4.address.number + 1), hosts.upperBound, [])
                : (hosts.lowerBound, IPv4Address(number: ipv4.address.number - 1), [])
        }
        let parts = given.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, parts.count <= 4, let first = IPv4Address(parts[0]),
            let last = IPv4Address(parts[1]), parts[2...].allSatisfy(Self.isRangeDetail)
        else {
            refuse(
                .dhcpRange,
                "\"\(shown(given))\" is not a range such as 10.0.3.2,10.0.3.254, with a time such as "
                    + "12h behind it if need be")
            return (hosts.lowerBound, hosts.upperBound, [])
        }
        if first > last {
            refuse(.dhcpRange, "\(first) comes after \(last): exchange them")
        } else if !hosts.contains(first) || !hosts.contains(last) {
            refuse(
                .dhcpRange,
                "\(first) to \(last) is not within \(ipv4.network): choose from "
                    + "\(hosts.lowerBound) to \(hosts.upperBound)")
        } else if first == last, first == ipv4.address {
            refuse(.dhcpRange, "it holds nothing but the host's own address")
        }
        return (first, last, Array(parts[2...]))
    }

    /// A netmask or a time as dnsmasq takes it: `12h`, `infinite`.
    private static func isRangeDetail(_ text: String) -> Bool {
        if text == "infinite" || IPv4Address(text)?.netmaskLength != nil { return true }
        let digits = "smhdw".contains(text.last ?? "0") ? text.dropLast() : text[...]
        return decimal(Array(digits.utf8)[...], upTo: UInt64(UInt32.max)) != nil
    }

    private mutating func reservations(_ ipv4: IPv4Subnet) -> [Reservation] {
        var reservations: [Reservation] = []
        var seen: [String: String] = [:]
        for text in words(.dhcpHosts) {
            do throws(Reservation.Fault) {
                let reservation = try Reservation(text)
                guard ipv4.network.hosts?.contains(reservation.address) ?? false,
                    reservation.address != ipv4.address
                else {
                    throw Reservation.Fault(
                        sentence: "reserves what is no container's address in \(ipv4.network)")
                }
                let marks = [
                    reservation.hardwareAddress, reservation.address.description,
                    reservation.name?.lowercased(),
                ]
                for mark in marks.compactMap({ $0 }) {
                    if let other = seen.updateValue(text, forKey: mark) {
                        throw Reservation.Fault(sentence: "and \"\(other)\" are both about \(mark)")
                    }
                }
                reservations.append(reservation)
            } catch {
                refuse(.dhcpHosts, "\"\(shown(text))\" \(error.sentence)")
            }
        }
        return reservations
    }
}
