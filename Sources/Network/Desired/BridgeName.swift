package import Netlink

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
