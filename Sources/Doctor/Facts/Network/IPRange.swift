internal import Network

/// A range of addresses of either IP version, in bytes.
struct IPRange: Equatable, Sendable, CustomStringConvertible {
    private let first: [UInt8]
    private let length: Int

    /// - Parameter address: 4 or 16 bytes.
    init(of address: [UInt8], length: some BinaryInteger) {
        first = address
        self.length = Int(length)
    }

    func contains(_ address: [UInt8]) -> Bool {
        func contains<Address: IPAddress>(_ type: Address.Type) -> Bool {
            guard let first = Address(bytes: first), let address = Address(bytes: address) else {
                return false
            }
            return Prefix(of: first, length: length).contains(address)
        }
        return contains(IPv4Address.self) || contains(IPv6Address.self)
    }

    /// An address in a range, near its start, that is not this one; `nil` if it has no other.
    static func address(
        in first: [UInt8], length: UInt8, otherThan own: [UInt8]
    ) -> [UInt8]? {
        let range = IPRange(of: first, length: length)
        return [1, 2, 0].map { first.dropLast() + [(first.last ?? 0) | $0] }
            .first { $0 != own && range.contains($0) }
    }

    var description: String { "\(Self.text(first))/\(length)" }

    /// An address as text.
    static func text(_ address: [UInt8]) -> String {
        IPv4Address(bytes: address)?.description ?? IPv6Address(bytes: address)?.description ?? "?"
    }
}
