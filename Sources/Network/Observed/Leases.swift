package import Linux

/// A DHCP lease that dnsmasq granted to a container.
package struct Lease: Equatable, Sendable {
    package let address: String
    /// `nil` for IPv6, where dnsmasq identifies clients by DUID.
    package let hardwareAddress: String?
    /// The host name that the container sent, which can be any bytes; `nil` if it sent none.
    package let hostName: UntrustedText?
    /// The end in seconds since 1970; `nil` for an infinite lease.
    package let ends: UInt64?

    /// - Parameter line: `ENDS HARDWARE-ADDRESS ADDRESS NAME CLIENT`, with `*` for an unknown name.
    /// - Returns: `nil` for a line that is not a lease, such as the server's `duid`.
    fileprivate init?(_ line: ArraySlice<UInt8>) {
        let words = words(of: line)
        guard words.count >= 4, let ends = decimal(words[0], upTo: .max) else { return nil }
        let text = String(decoding: words[2], as: UTF8.self)
        let isIPv4 = IPv4Address(text) != nil
        guard isIPv4 || IPv6Address(text) != nil else { return nil }
        address = text
        hardwareAddress = isIPv4 ? printable(words[1]) : nil
        hostName = words[3].elementsEqual([0x2a]) ? nil : UntrustedText(words[3])
        self.ends = ends == 0 ? nil : ends
    }
}

package enum Leases {
    /// Reads the leases of a bridge from dnsmasq's lease file (`--dhcp-leasefile`). dnsmasq removes
    /// a lease some time after its end.
    /// - Returns: `nil` if the caller may not read them.
    package static func of(_ bridge: BridgeName) -> [Lease]? {
        guard let bytes = try? SmallFile.contents(of: DnsmasqPaths.leases(of: bridge)) ?? [] else {
            return nil
        }
        return parse(bytes)
    }

    package static func parse(_ bytes: [UInt8]) -> [Lease] {
        Lines(bytes: bytes).compactMap { Lease(bytes[$0]) }
    }
}
