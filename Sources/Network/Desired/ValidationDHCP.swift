internal import Linux

extension Validation {
    mutating func dhcp(
        _ ipv4: Subnet<IPv4Address>, of bridge: BridgeName
    ) -> DesiredNetwork.DHCP {
        let (first, last, details) = dhcpRange(ipv4)
        let maximum = value(.dhcpMaximum, as: "a number of leases, 1 or more") {
            Int(decimal: $0, in: 1...1 << 24)
        }
        let file = value(.dhcpConfigurationFile, as: "an absolute path") { path in
            path.hasPrefix("/") && path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } ? path : nil
        }
        if let file {
            if facts.fileExists(file) {
                checkDnsmasqFile(file)
            } else {
                refuse(
                    .dhcpConfigurationFile,
                    "\(quoted(file)) does not exist: create it, or remove this setting")
            }
        }
        let isEnabled = boolean(.dhcp)
        if isEnabled, first <= last {
            for (address, interface) in facts.owners(among: first...last, except: bridge) {
                warn(
                    .dhcpRange,
                    "\(address) in the range \(first) to \(last) is an address of \(interface): a "
                        + "container that leases it would not be reachable; choose a range "
                        + "without it")
            }
        }
        if !isEnabled, settings.given(.dhcpHosts) != nil {
            warn(
                .dhcpHosts,
                "LXC_DHCP is false, so no container gets a reserved address: remove one of the two "
                    + "settings")
        }
        return .init(
            first: first, last: last, details: details,
            // As Int, which cannot overflow: the ends of a refused range may be reversed.
            maximum: maximum ?? max(1, Int(last.number) - Int(first.number) + 1),
            pings: boolean(.dhcpPing), configurationFile: file,
            reservations: reservations(ipv4, of: bridge), isDisabled: !isEnabled)
    }

    private mutating func dhcpRange(
        _ ipv4: Subnet<IPv4Address>
    ) -> (IPv4Address, IPv4Address, details: [String]) {
        guard let hosts = ipv4.network.hosts else { return (ipv4.address, ipv4.address, []) }
        let form =
            "a range such as 10.0.3.2,10.0.3.254 or, with a lease time, 10.0.3.2,10.0.3.254,12h"
        guard let (first, last, details) = value(.dhcpRange, as: form, Self.dhcpRange) else {
            // The larger of the two parts that the host's address divides the network into.
            let own = ipv4.address.number
            return hosts.upperBound.number - own >= own - hosts.lowerBound.number
                ? (IPv4Address(number: own + 1), hosts.upperBound, [])
                : (hosts.lowerBound, IPv4Address(number: own - 1), [])
        }
        if first > last {
            refuse(.dhcpRange, "\(first) is higher than \(last): swap them")
        } else if !hosts.contains(first) || !hosts.contains(last) {
            refuse(
                .dhcpRange,
                "\(first) to \(last) is not within \(ipv4.network): choose addresses from "
                    + "\(hosts.lowerBound) to \(hosts.upperBound)")
        } else if first == last, first == ipv4.address {
            refuse(.dhcpRange, "it contains only the host's address: choose a larger range")
        }
        return (first, last, details)
    }

    /// Parses `FIRST,LAST[,NETMASK][,TIME]`, as in dnsmasq's dhcp-range.
    private static func dhcpRange(
        _ text: String
    ) -> (IPv4Address, IPv4Address, details: [String])? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard (2...4).contains(parts.count), let first = IPv4Address(parts[0]),
            let last = IPv4Address(parts[1]), parts[2...].allSatisfy(isRangeDetail)
        else { return nil }
        return (first, last, Array(parts[2...]))
    }

    /// Whether dnsmasq accepts it as a netmask or a lease time, such as `12h` or `infinite`.
    private static func isRangeDetail(_ text: String) -> Bool {
        if text == "infinite" || IPv4Address(text)?.netmaskLength != nil { return true }
        let digits = "smhdw".contains(text.last ?? "0") ? text.dropLast() : text[...]
        return Int(decimal: digits, in: 0...Int(UInt32.max)) != nil
    }
}
