package import Netlink

/// A VXLAN port that joins a network with those of other hosts (RFC 7348).
package struct Tunnel: Hashable, Codable, Sendable {
    /// The number of the segment (VNI).
    package var number: UInt32
    /// The address of this host on the underlay.
    package var local: UnderlayAddress
    /// The interface that has the address.
    package var underlay: String
    /// The addresses of the other hosts; `nil` if BGP EVPN finds them.
    package var peers: [UnderlayAddress]?

    /// The UDP port of VXLAN, assigned by IANA.
    package static let port: UInt16 = 4789
    /// The TCP port of BGP.
    package static let bgpPort: UInt16 = 179
    package static let largestNumber = 1 << 24 - 1

    /// The name of the port. The number has at most eight digits.
    package var name: String { Self.name(number) }

    static func name(_ number: UInt32) -> String { "vx\(number)" }

    /// The hardware address, by which berth-net recognizes a port that it created. No frame has it.
    var hardwareAddress: MACAddress { Self.hardwareAddress(of: number) }

    static func hardwareAddress(of number: UInt32) -> MACAddress {
        MACAddress(
            bytes: [0x12, 0x66, 0x6a]
                + [16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) })
    }

    /// The bytes that VXLAN adds to a packet: outer IP and UDP headers, and 22 bytes.
    package static func overhead(isIPv6: Bool) -> UInt32 { isIPv6 ? 70 : 50 }

    package var usesEVPN: Bool { peers == nil }

    /// With EVPN, hardware addresses come from BGP only: `nolearning` of ip-link(8),
    /// IFLA_VXLAN_LEARNING.
    package var options: VXLANOptions {
        VXLANOptions(number: number, local: local.bytes, port: Self.port, learns: !usesEVPN)
    }

    /// For messages and `status`.
    var sentence: String {
        "VNI \(number) from \(local)"
            + (peers.map { " to \($0.map(\.description).joined(separator: " "))" } ?? " by EVPN")
    }
}

extension Interface {
    /// Whether it is a VXLAN port that berth-net created.
    package var isOwnTunnel: Bool {
        guard kind == .vxlan, let number = vxlan?.number else { return false }
        return address == Tunnel.hardwareAddress(of: number)
    }
}

/// An address of a host in the network that carries VXLAN (underlay).
package enum UnderlayAddress: Hashable, Sendable, StringCodable {
    case ipv4(IPv4Address)
    case ipv6(IPv6Address)

    package init?(_ text: String) {
        if let address = IPv4Address(text) {
            self = .ipv4(address)
        } else if let address = IPv6Address(text) {
            self = .ipv6(address)
        } else {
            return nil
        }
    }

    init?(bytes: [UInt8]) {
        if let address = IPv4Address(bytes: bytes) {
            self = .ipv4(address)
        } else if let address = IPv6Address(bytes: bytes) {
            self = .ipv6(address)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .ipv4(let address): address.description
        case .ipv6(let address): address.description
        }
    }

    package var bytes: [UInt8] {
        switch self {
        case .ipv4(let address): address.bytes
        case .ipv6(let address): address.bytes
        }
    }

    package var isIPv6: Bool { if case .ipv6 = self { true } else { false } }

    /// Why no other host can have the address, as a predicate; `nil` if one can.
    var objection: String? {
        switch self {
        case .ipv4(let address):
            switch address.number >> 24 {
            case 0: "is not an address of a host"
            case 127: "is a loopback address"
            case 224...239: "is a multicast address"
            case 240...: "is a broadcast or reserved address"
            default: nil
            }
        case .ipv6(let address):
            switch address.number {
            case 0: "is the unspecified address"
            case 1: "is a loopback address"
            case _ where address.number >> 120 == 0xff: "is a multicast address"
            case _ where address.number >> 118 == 0x3fa: "is a link-local address"
            case _ where address.number >> 32 == 0xffff: "is an IPv4 address in IPv6 form"
            default: nil
            }
        }
    }

    func isIn(_ network: DesiredNetwork) -> Bool {
        switch self {
        case .ipv4(let address): network.ipv4?.network.contains(address) ?? false
        case .ipv6(let address): network.ipv6?.network.contains(address) ?? false
        }
    }
}
