/// A hardware (MAC) address: `hwaddr` in configurations of LXC.
package struct MACAddress: Equatable, Sendable {
    package let bytes: [UInt8]

    /// - Parameter bytes: six bytes.
    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// For the host's end of a veth pair (IFLA_ADDRESS).
    /// - Parameter tail: the last five bytes, which are usually random. The first is 0xfe: a bridge
    ///   without a fixed address takes the lowest address of its ports, so hardly ever this one.
    package static func highest(_ tail: [UInt8]) -> MACAddress {
        MACAddress(bytes: [0xfe] + tail.prefix(5))
    }

    /// - Parameter tail: the last five bytes of a locally administered address, which are usually
    ///   random.
    package static func local(_ tail: [UInt8]) -> MACAddress {
        MACAddress(bytes: [0x02] + tail.prefix(5))
    }
}
