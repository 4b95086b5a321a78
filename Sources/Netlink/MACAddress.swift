internal import Linux

/// A hardware (MAC) address: `hwaddr` in configurations of LXC.
package struct MACAddress: Equatable, Sendable {
    package let bytes: [UInt8]

    /// - Parameter bytes: six bytes.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// Parses an address such as `10:66:6a:00:00:00`.
    package init?(text: some Collection<UInt8>) {
        let text = Array(text)
        guard text.count == 17 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: 17, by: 3) {
            guard start == 0 || text[start - 1] == 0x3a,
                let byte = hexadecimalByte(text[start..<(start + 2)])
            else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// Whether it is neither a multicast address nor zero.
    package var isUnicast: Bool {
        bytes.first.map { $0 & 1 == 0 } == true && bytes.contains { $0 != 0 }
    }

    /// For the host's end of a veth pair (IFLA_ADDRESS).
    /// - Parameter tail: the last five bytes, which are usually random. The first is 0xfe: a bridge
    ///   without a fixed address takes the lowest address of its ports, so almost never this one.
    package static func highest(_ tail: [UInt8]) -> MACAddress {
        MACAddress(bytes: [0xfe] + tail.prefix(5))
    }

    /// - Parameter tail: the last five bytes of a locally administered address, which are usually
    ///   random.
    package static func local(_ tail: [UInt8]) -> MACAddress {
        MACAddress(bytes: [0x02] + tail.prefix(5))
    }
}

extension MACAddress: CustomStringConvertible {
    package var description: String { hexadecimal(bytes, separator: ":") }
}
