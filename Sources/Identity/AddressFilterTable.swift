package import Netlink
package import Usernet

/// The nftables table `bridge berth`, by which berth-net lets NICs with `ipfilter` use only their
/// own addresses: the part of it that berth-nic writes to.
///
/// nft cannot compare two fields of a frame. Instead, sets contain pairs of values that belong
/// together. All of them are functions of a hardware address, so adding them permits nothing that
/// the NIC may not do.
package enum AddressFilterTable {
    package static let name = "berth"

    package enum Contents: Equatable, Sendable {
        /// The hardware addresses of the NICs on one bridge. The set exists only if berth-net
        /// filters on that bridge.
        case nics(UsernetBridge)
        /// Each hardware address twice: as the source of a frame and as the sender in ARP.
        case pair
        /// The same for the client's address in a DHCP message (chaddr), for which nft has no name.
        case client
        /// The hardware address, and the interface identifier that SLAAC derives from it.
        case identifier

        package var setName: [UInt8] {
            switch self {
            case .nics(let bridge): Array("nics_".utf8) + bridge.bytes
            case .pair: Array("pair".utf8)
            case .client: Array("chaddr".utf8)
            case .identifier: Array("eui64".utf8)
            }
        }
    }

    /// What must be in the sets before a NIC can send anything. Only the first set can be
    /// missing from the table.
    package static func contents(on bridge: UsernetBridge) -> [Contents] {
        [.nics(bridge), .pair, .client, .identifier]
    }

    package static func elements(
        of address: MACAddress, on bridge: UsernetBridge
    ) -> [SetElement] {
        contents(on: bridge).map {
            SetElement(set: $0.setName, parts: parts($0, of: address))
        }
    }

    /// The parts of an element, in network byte order.
    package static func parts(_ contents: Contents, of address: MACAddress) -> [[UInt8]] {
        switch contents {
        case .nics: [address.bytes]
        case .pair, .client: [address.bytes, address.bytes]
        case .identifier: [address.bytes, interfaceIdentifier(of: address)]
        }
    }

    /// The modified EUI-64 of RFC 4291.
    package static func interfaceIdentifier(of address: MACAddress) -> [UInt8] {
        let bytes = address.bytes
        guard bytes.count == 6 else { return [] }
        return [bytes[0] ^ 2, bytes[1], bytes[2], 0xff, 0xfe] + bytes[3...]
    }
}
