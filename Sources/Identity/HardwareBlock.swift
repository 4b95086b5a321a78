package import Netlink

/// The blocks of locally administered MAC addresses from which NICs of containers get theirs. They
/// have no vendor's OUI, such as 00:16:3e, which LXC's templates use for `lxc.net.0.hwaddr`.
///
/// An address is two fixed bytes and the four bytes of ``ContainerIdentity/addressTail``. The two
/// ends of a NIC differ in the first byte only, so the host's end shows which address the
/// container's end got: the container could change that. The address of the host's end is so high
/// that a bridge without a fixed address almost never takes it: see ``MACAddress/highest(_:)``.
package enum HardwareBlock: Equatable, Sendable, CaseIterable {
    /// For NICs with `ipfilter`: `b2:be:…`, and `fe:be:…` at the host's end.
    case filtered
    /// For all others: `b2:bf:…`, and `fe:bf:…` at the host's end.
    case ordinary

    /// The block for a NIC with that grant.
    package init(_ grant: PortGrant) { self = grant.filtersAddresses ? .filtered : .ordinary }

    package static let containerByte: UInt8 = 0xb2
    package static let hostByte: UInt8 = 0xfe

    /// The second byte of each address.
    package var byte: UInt8 {
        switch self {
        case .filtered: 0xbe
        case .ordinary: 0xbf
        }
    }

    /// - Parameter tail: four bytes.
    package func containerAddress(_ tail: [UInt8]) -> MACAddress {
        MACAddress(bytes: [Self.containerByte, byte] + tail.prefix(4))
    }

    /// - Parameter tail: four bytes.
    package func hostAddress(_ tail: [UInt8]) -> MACAddress {
        MACAddress(bytes: [Self.hostByte, byte] + tail.prefix(4))
    }

    /// The block of a container's address; `nil` for an address that is in none.
    package init?(containerAddress address: MACAddress) {
        self.init(address, first: Self.containerByte)
    }

    /// The block of the address of a host's end; `nil` for an address that is in none.
    package init?(hostAddress address: MACAddress) {
        self.init(address, first: Self.hostByte)
    }

    private init?(_ address: MACAddress, first: UInt8) {
        let bytes = address.bytes
        guard bytes.count == 6, bytes[0] == first,
            let block = Self.allCases.first(where: { $0.byte == bytes[1] })
        else { return nil }
        self = block
    }

    /// The address that the container's end had when the NIC was created; `nil` if the address of
    /// the host's end is in no block.
    package static func containerAddress(ofHostEnd address: MACAddress) -> MACAddress? {
        HardwareBlock(hostAddress: address)?.containerAddress(Array(address.bytes.suffix(4)))
    }
}
