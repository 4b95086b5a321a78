internal import Linux

/// An IPv4 or IPv6 address, held as an unsigned integer.
package protocol IPAddress: Comparable, Hashable, Sendable, StringCodable {
    associatedtype Number: FixedWidthInteger & UnsignedInteger & Sendable
    var number: Number { get }
    init(number: Number)
}

extension IPAddress {
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// The address in network byte order.
    package var bytes: [UInt8] {
        (0..<Number.bitWidth / 8).reversed().map {
            UInt8(truncatingIfNeeded: number >> ($0 * 8))
        }
    }

    /// - Parameter bytes: 4 for IPv4 or 16 for IPv6, in network byte order.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Number.bitWidth / 8 else { return nil }
        self.init(number: bytes.reduce(0) { $0 << 8 | Number($1) })
    }
}

package struct IPv4Address: IPAddress {
    package let number: UInt32
    package init(number: UInt32) { self.number = number }

    package init?(_ text: String) {
        guard let bytes = AddressText.version4(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { bytes.map { String($0) }.joined(separator: ".") }

    /// The prefix length, if the address is a netmask: ones, then zeros.
    package var netmaskLength: Int? {
        let length = (~number).leadingZeroBitCount
        return Prefix<IPv4Address>.mask(length) == number ? length : nil
    }
}

package struct IPv6Address: IPAddress {
    package let number: UInt128
    package init(number: UInt128) { self.number = number }

    package init?(_ text: String) {
        guard let bytes = AddressText.version6(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { AddressText.version6(bytes) }
}

/// A range of addresses in CIDR notation.
package struct Prefix<Address: IPAddress>: Hashable, Codable, Sendable {
    /// The lowest address.
    package let first: Address
    /// The number of leading bits that all addresses share.
    package let length: Int

    /// The range of that length that contains the address.
    package init(of address: Address, length: Int) {
        let width = Address.Number.bitWidth
        self.length = min(max(length, 0), width)
        first = Address(number: address.number & Self.mask(self.length))
    }

    /// Parses `ADDRESS/LENGTH`. No bit of the address may be set after the prefix.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = Address(String(parts[0])),
            let length = Int(decimal: parts[1], in: 0...Address.Number.bitWidth)
        else { return nil }
        self.init(of: address, length: length)
        guard first == address else { return nil }
    }

    /// The netmask as a number.
    package static func mask(_ length: Int) -> Address.Number {
        length == 0 ? 0 : Address.Number.max << (Address.Number.bitWidth - length)
    }

    package var last: Address { Address(number: first.number | ~Self.mask(length)) }

    /// All its addresses.
    var range: ClosedRange<Address> { first...last }

    /// The addresses that hosts can have, without the network's own and, in IPv4, the broadcast
    /// address; `nil` if there is no room for two hosts.
    package var hosts: ClosedRange<Address>? {
        guard length <= Address.Number.bitWidth - 2 else { return nil }
        let end = Address.self == IPv4Address.self ? last.number - 1 : last.number
        return Address(number: first.number + 1)...Address(number: end)
    }

    package func contains(_ address: Address) -> Bool { first <= address && address <= last }

    package func contains(_ other: Prefix) -> Bool {
        length <= other.length && contains(other.first)
    }

    package func overlaps(_ other: Prefix) -> Bool { contains(other) || other.contains(self) }
}

extension Prefix: CustomStringConvertible {
    package var description: String { "\(first)/\(length)" }
}

extension Prefix where Address == IPv4Address {
    package var broadcast: IPv4Address { last }
}

extension Int {
    /// Parses decimal digits, without a sign, as a number within the bounds.
    init?(decimal text: some StringProtocol, in bounds: ClosedRange<Int>) {
        guard let number = Linux.decimal(Array(text.utf8)[...], upTo: UInt64(bounds.upperBound)),
            bounds.contains(Int(number))
        else { return nil }
        self = Int(number)
    }
}
