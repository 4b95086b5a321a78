package import Netlink

/// A network as it shall be: everything decided, nothing left to the host.
///
/// It is also what the record keeps of a network that was made, so that it can be compared with what
/// is wanted later and undone when the settings no longer tell of it.
package struct DesiredNetwork: Hashable, Codable, Sendable {
    package let bridge: BridgeName
    /// `nil` for the one that the bridge has, or the usual one for a new bridge.
    package var hardwareAddress: String?
    /// Bytes.
    package var mtu: UInt32
    package var ipv4: Subnet<IPv4Address>
    /// `nil` where containers get no IPv6.
    package var ipv6: Subnet<IPv6Address>?
    package var dhcp: DHCP
    package var dns: DNS
    package var advertisesRouter: Bool
    /// Whether the containers are kept from each other.
    package var isolates: Bool
    package var forwards: [Forward]
    package var firewall: FirewallChoice

    /// The host's address in a range, and whether what leaves the range does so under the host's own.
    package struct Subnet<Address: IPAddress>: Hashable, Codable, Sendable {
        package var address: Address
        package var network: Prefix<Address>
        package var translates: Bool
    }

    package struct DHCP: Hashable, Codable, Sendable {
        package var first: IPv4Address
        package var last: IPv4Address
        /// What dnsmasq is told behind the two: a netmask, a time.
        package var details: [String]
        package var maximum: Int
        /// Whether dnsmasq asks for an address before it gives it away.
        package var pings: Bool
        /// A file of dnsmasq's own settings.
        package var configurationFile: String?
        package var reservations: [Reservation]
    }

    package struct DNS: Hashable, Codable, Sendable {
        /// 0 for none.
        package var port: UInt16
        package var domain: String?
    }

    package struct FirewallChoice: Hashable, Codable, Sendable {
        package var prefersNft: Bool
        /// Whether other programs' firewalls are told to let the network through.
        package var mendsForeign: Bool
    }

    /// The usual address of a new bridge.
    package static let standardHardwareAddress = Setting.bridgeMAC.defaultValue
}

/// The name of a bridge that goes into file names and firewall rules: an interface's name of letters,
/// digits and `_`, `.`, `-`, beginning with a letter.
package struct BridgeName: Hashable, Codable, Sendable, CustomStringConvertible {
    package let description: String
    package let interface: InterfaceName

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let interface = InterfaceName(bytes), let first = bytes.first,
            Self.isLetter(first),
            bytes.allSatisfy({
                Self.isLetter($0) || (0x30...0x39).contains($0) || [0x5f, 0x2e, 0x2d].contains($0)
            })
        else { return nil }
        description = text
        self.interface = interface
    }

    package static func == (left: BridgeName, right: BridgeName) -> Bool {
        left.description == right.description
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(description) }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let name = BridgeName(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not the name of a bridge")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}

/// Six bytes as `10:66:6a:00:00:00`.
package struct HardwareAddressText {
    package let bytes: [UInt8]

    package init?(_ text: String) {
        let parts = text.utf8.split(separator: 0x3a, omittingEmptySubsequences: false)
        guard parts.count == 6, parts.allSatisfy({ $0.count == 2 }) else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.first != 0x2b,
                let byte = UInt8(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// One station's, neither a group's nor nobody's.
    package var isUnicast: Bool { bytes[0] & 1 == 0 && bytes.contains { $0 != 0 } }

    package static func text(_ bytes: [UInt8]) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
            .joined(separator: ":")
    }
}
