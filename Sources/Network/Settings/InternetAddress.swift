internal import Linux

/// An address of the Internet Protocol, as the number that it is.
package protocol InternetAddress: Comparable, Hashable, Codable, Sendable, CustomStringConvertible {
    associatedtype Number: FixedWidthInteger & UnsignedInteger & Sendable
    var number: Number { get }
    init(number: Number)
    init?(_ text: String)
}

extension InternetAddress {
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// In network order.
    package var bytes: [UInt8] {
        (0..<Number.bitWidth / 8).reversed().map {
            UInt8(truncatingIfNeeded: number >> ($0 * 8))
        }
    }

    /// - Parameter bytes: as many as such an address has, in network order.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Number.bitWidth / 8 else { return nil }
        self.init(number: bytes.reduce(0) { $0 << 8 | Number($1) })
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let address = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not an address")
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

package struct IPv4Address: InternetAddress {
    package let number: UInt32
    package init(number: UInt32) { self.number = number }

    package init?(_ text: String) {
        guard let bytes = AddressText.version4(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { bytes.map { String($0) }.joined(separator: ".") }
}

package struct IPv6Address: InternetAddress {
    package let number: UInt128
    package init(number: UInt128) { self.number = number }

    package init?(_ text: String) {
        guard let bytes = AddressText.version6(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { AddressText.version6(bytes) }

    private static let linkLocal = Prefix(of: IPv6Address(number: 0xfe80 << 112), length: 10)
    private static let multicast = Prefix(of: IPv6Address(number: 0xff << 120), length: 8)

    /// Only good on one link: no router passes it on.
    package var isLinkLocal: Bool { Self.linkLocal.contains(self) }
    package var isMulticast: Bool { Self.multicast.contains(self) }
}

/// All addresses that begin with the same bits.
package struct Prefix<Address: InternetAddress>: Hashable, Codable, Sendable {
    /// The lowest of them.
    package let first: Address
    /// How many bits they share, 0 to the width of an address.
    package let length: Int

    /// The range of that length that the address lies in.
    package init(of address: Address, length: Int) {
        let width = Address.Number.bitWidth
        self.length = min(max(length, 0), width)
        first = Address(number: address.number & Self.mask(self.length))
    }

    /// `ADDRESS/LENGTH`, the address with no bit set behind the length.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = Address(String(parts[0])),
            let length = decimal(
                Array(parts[1].utf8)[...], upTo: UInt64(Address.Number.bitWidth))
        else { return nil }
        self.init(of: address, length: Int(length))
        guard first == address else { return nil }
    }

    /// The number whose leading bits are one.
    package static func mask(_ length: Int) -> Address.Number {
        length == 0 ? 0 : Address.Number.max << (Address.Number.bitWidth - length)
    }

    package var last: Address { Address(number: first.number | ~Self.mask(length)) }

    package func contains(_ address: Address) -> Bool { first <= address && address <= last }

    package func overlaps(_ other: Prefix) -> Bool {
        contains(other.first) || other.contains(first)
    }
}

extension Prefix: CustomStringConvertible {
    package var description: String { "\(first)/\(length)" }
}

extension Prefix where Address == IPv4Address {
    /// The address by which all hosts of the network are meant.
    package var broadcast: IPv4Address { last }

    /// What a host may have: neither the network's own address nor the broadcast address.
    package var hosts: ClosedRange<IPv4Address>? {
        guard length <= 30 else { return nil }
        return IPv4Address(number: first.number + 1)...IPv4Address(number: last.number - 1)
    }

    package var mask: IPv4Address { IPv4Address(number: Self.mask(length)) }
}

extension IPv4Address {
    /// How many bits a netmask has, if it is one: ones, then zeros.
    package var netmaskLength: Int? {
        let length = number.leadingZeroBitCount == 32 ? 0 : (~number).leadingZeroBitCount
        return Prefix<IPv4Address>.mask(length) == number ? length : nil
    }
}
