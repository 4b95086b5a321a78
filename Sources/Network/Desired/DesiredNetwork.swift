package import Netlink

/// The desired state of a network, in which each default and automatic value is resolved.
///
/// The record stores it for each network that was made. berth-net later compares it with the
/// settings, and uses it to remove a network that the settings no longer name.
package struct DesiredNetwork: Hashable, Codable, Sendable {
    package let bridge: BridgeName
    /// `nil` keeps the address of an existing bridge, and gives a new one the default.
    package var hardwareAddress: String?
    package var mtu: UInt32
    package var ipv4: Subnet<IPv4Address>
    /// `nil` if containers get no IPv6.
    package var ipv6: Subnet<IPv6Address>?
    package var dhcp: DHCP
    package var dns: DNS
    package var advertisesRouter: Bool
    /// Whether containers cannot reach each other.
    package var isolates: Bool
    package var forwards: [Forward]
    package var firewall: FirewallChoice

    /// The bridge's address, its network, and whether NAT translates the containers' addresses.
    package struct Subnet<Address: IPAddress>: Hashable, Codable, Sendable {
        package var address: Address
        package var network: Prefix<Address>
        package var translates: Bool
    }

    package struct DHCP: Hashable, Codable, Sendable {
        package var first: IPv4Address
        package var last: IPv4Address
        /// The rest of dnsmasq's `--dhcp-range`: a netmask, a lease time.
        package var details: [String]
        package var maximum: Int
        /// Whether dnsmasq pings an address before it leases it.
        package var pings: Bool
        /// The administrator's configuration file for dnsmasq.
        package var configurationFile: String?
        package var reservations: [Reservation]
    }

    package struct DNS: Hashable, Codable, Sendable {
        /// 0 for no DNS.
        package var port: UInt16
        package var domain: String?
    }

    package struct FirewallChoice: Hashable, Codable, Sendable {
        package var prefersNft: Bool
        /// Whether other programs' firewalls are changed to accept the network's packets.
        package var fixesForeign: Bool

        // The keys of the record's version 1.
        private enum CodingKeys: String, CodingKey {
            case prefersNft
            case fixesForeign = "mendsForeign"
        }
    }

    /// The default address of a new bridge.
    package static let standardHardwareAddress = Setting.bridgeMAC.defaultValue
}

/// The name of a bridge, safe in file names and firewall rules: an interface name of letters,
/// digits, `_`, `.` and `-` that begins with a letter.
package struct BridgeName: Hashable, Sendable, StringCodable {
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

    /// Whether it is neither a multicast address nor zero.
    package var isUnicast: Bool { bytes[0] & 1 == 0 && bytes.contains { $0 != 0 } }

    package static func text(_ bytes: [UInt8]) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
            .joined(separator: ":")
    }
}
