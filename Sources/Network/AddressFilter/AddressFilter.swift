internal import Identity
package import Netlink
internal import Usernet

/// The filter that lets NICs with `ipfilter` use only the addresses that belong to them (IP source
/// guard, against ARP spoofing), and prevents other NICs from using those addresses: one nftables
/// table of family `bridge`, the successor of ebtables, for all networks.
///
/// A NIC with `ipfilter` is recognized by its interface group, never by its addresses, which its
/// neighbors can use, too. `macfilter` binds its hardware address, so all sets have that address as
/// a key.
package struct AddressFilter: Hashable, Sendable {
    package struct Network: Hashable, Sendable {
        package let bridge: BridgeName
        /// The address from which dnsmasq answers DHCP requests.
        package let gateway: IPv4Address
        /// In seconds.
        package let leaseTime: Int
        /// The range in which containers have IPv6 addresses.
        package let ipv6: Prefix<IPv6Address>?
        /// The IPv6 addresses of the bridge, with its anycast addresses: see ``anycast(_:)``.
        package let gateways6: [IPv6Address]
        /// The VXLAN port or the uplink that connects the network with other hosts.
        let tunnel: String?
        /// Reservations for NICs with `ipfilter`.
        package let reservations: [Reservation]
    }

    package struct Reservation: Hashable, Sendable {
        package let hardwareAddress: String
        package let address: IPv4Address
        /// Whether no other NIC may use the address, even while the container is not running.
        package let isHeld: Bool
    }

    package let networks: [Network]
    /// Whether the kernel has the module nft_meta_bridge, which reports the bridge of a port.
    /// Without it, some rules also apply to NICs of berth-nic on other bridges.
    package let knowsBridges: Bool
    /// The addresses of the host, except those that berth-net gives to the bridges.
    package let hostAddresses: [IPv4Address]
    package let hostAddresses6: [IPv6Address]

    /// - Parameter host: addresses of the host.
    package init(networks: [Network], knowsBridges: Bool, host: [InterfaceAddress] = []) {
        let gateways = networks.map(\.gateway)
        let gateways6 = networks.flatMap(\.gateways6)
        hostAddresses = host.compactMap { IPv4Address(bytes: $0.bytes) }
            .filter { $0.bytes.first != 127 && !gateways.contains($0) }
            .sorted { $0.number < $1.number }
        let own6 = host.compactMap { address in
            IPv6Address(bytes: address.bytes).map { ($0, Int(address.prefixLength)) }
        }
        let anycast = Self.anycast(own6.map { Prefix(of: $0.0, length: $0.1) })
        hostAddresses6 = Set(own6.map(\.0) + anycast)
            .filter { $0.number != 1 && !gateways6.contains($0) }
            .sorted { $0.number < $1.number }
        self.networks = networks.sorted { $0.bridge.description < $1.bridge.description }
        self.knowsBridges = knowsBridges
    }

    /// The addresses that every router of these ranges has: the first of each (subnet-router
    /// anycast, RFC 4291, section 2.6.1). A range of two addresses has none (RFC 6164).
    static func anycast(_ ranges: [Prefix<IPv6Address>]) -> [IPv6Address] {
        ranges.filter { $0.length < 127 }.map(\.first)
    }

    package static let table = NftTable(family: "bridge", name: AddressFilterTable.name)

    static func failure(_ reason: String) -> String {
        "the table \(table) cannot be loaded, so NICs with ipfilter are refused: \(reason)"
    }

    /// The name of the set with the hardware addresses of a bridge's NICs.
    static func nics(on bridge: BridgeName) -> String {
        let contents = AddressFilterTable.Contents.nics(.named(bridge.interface))
        return String(decoding: contents.setName, as: UTF8.self)
    }
}

extension AddressFilter.Network {
    /// - Parameter hardwareAddress: that of the bridge.
    /// - Parameter isFiltered: whether the NICs of a user on the bridge have `ipfilter`.
    /// - Returns: `nil` without IPv4: then this host's DHCP server, which the filter needs, is off.
    package init?(
        _ network: DesiredNetwork, hardwareAddress: MACAddress?,
        isFiltered: ([UInt8]) -> Bool = { _ in true }
    ) {
        guard let ipv4 = network.ipv4 else { return nil }
        bridge = network.bridge
        gateway = ipv4.address
        leaseTime = Self.leaseTime(network.dhcp.details)
        ipv6 = network.ipv6?.network
        tunnel = network.tunnel?.name ?? network.uplink?.port.description
        let link = hardwareAddress.flatMap { address in
            IPv6Address(
                bytes: [0xfe, 0x80, 0, 0, 0, 0, 0, 0]
                    + AddressFilterTable.interfaceIdentifier(of: address))
        }
        let ranges = [Prefix<IPv6Address>("fe80::/64"), network.ipv6?.network].compactMap { $0 }
        gateways6 =
            [network.ipv6?.address, link].compactMap { $0 } + AddressFilter.anycast(ranges)
        reservations = network.dhcp.reservations.flatMap {
            reservation -> [AddressFilter.Reservation] in
            let texts =
                [reservation.hardwareAddress].compactMap { $0 }
                + (reservation.container?.hardwareAddresses ?? [])
            let isHeld = reservation.container.map { isFiltered($0.label.user) } ?? true
            return texts.filter(Self.isFiltered).map {
                AddressFilter.Reservation(
                    hardwareAddress: $0, address: reservation.address, isHeld: isHeld)
            }
        }
    }

    private static func isFiltered(_ hardwareAddress: String) -> Bool {
        MACAddress(text: Array(hardwareAddress.utf8)).flatMap {
            HardwareBlock(containerAddress: $0)
        } == .filtered
    }

    /// dnsmasq's default.
    private static let standardLeaseTime = 3600
    /// Stands for an infinite lease: only an element with a timeout has an age, which shows when
    /// the lease was granted.
    static let infiniteLeaseTime = 365 * 86400

    /// - Parameter details: what follows the addresses of dnsmasq's `--dhcp-range`.
    static func leaseTime(_ details: [String]) -> Int {
        guard let text = details.last, IPv4Address(text) == nil else { return standardLeaseTime }
        if text == "infinite" { return infiniteLeaseTime }
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400]
        let unit = text.last.flatMap { units[Character($0.lowercased())] }
        guard
            let number = Int(
                decimal: unit == nil ? text[...] : text.dropLast(), in: 0...0xffff_ffff)
        else { return standardLeaseTime }
        return min(
            max(number * (unit ?? 1), AddressFilter.shortestLeaseTime), infiniteLeaseTime)
    }
}
