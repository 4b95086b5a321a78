internal import Linux

/// An address that dnsmasq gave to a container.
package struct Lease: Equatable, Sendable {
    package let address: String
    /// `nil` with IPv6, where it is not the hardware address by which dnsmasq knows anybody.
    package let hardwareAddress: String?
    /// What the container calls itself: any bytes. `nil` if it does not say.
    package let hostName: [UInt8]?
    /// Seconds since 1970; `nil` for one that never ends.
    package let ends: UInt64?

    /// - Parameter line: `ENDS HARDWARE-ADDRESS ADDRESS NAME CLIENT`, with `*` for an unknown name.
    /// - Returns: `nil` for what is no lease, such as the server's own `duid`.
    fileprivate init?(_ line: ArraySlice<UInt8>) {
        let words = words(of: line)
        guard words.count >= 4, let ends = decimal(words[0], upTo: .max) else { return nil }
        let text = String(decoding: words[2], as: UTF8.self)
        let isIPv4 = IPv4Address(text) != nil
        guard isIPv4 || IPv6Address(text) != nil else { return nil }
        address = text
        hardwareAddress = isIPv4 ? printable(words[1]) : nil
        hostName = words[3].elementsEqual([0x2a]) ? nil : Array(words[3])
        self.ends = ends == 0 ? nil : ends
    }
}

package enum Leases {
    /// dnsmasq writes a line for each, and takes it out some time after it has ended.
    /// - Returns: `nil` if whoever asks may not read them.
    package static func of(_ bridge: BridgeName) -> [Lease]? {
        guard let bytes = try? SmallFile.contents(of: DnsmasqFiles.leases(of: bridge)) ?? [] else {
            return nil
        }
        return parse(bytes)
    }

    package static func parse(_ bytes: [UInt8]) -> [Lease] {
        Lines(bytes: bytes).compactMap { Lease(bytes[$0]) }
    }
}
