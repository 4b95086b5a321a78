internal import HostPaths
internal import Linux

/// An IPv6 address that a NIC with `ipfilter` has claimed by duplicate address detection.
///
/// Containers claim an address once. If another program flushed the firewall, their claims would be
/// lost, so berth-net saves them.
package struct AddressClaim: Hashable, Sendable {
    package let hardwareAddress: String
    /// As a number, as nft(8) lists it.
    package let address: String

    /// A claim is renewed if less than this many seconds remain, which is a day after it was made.
    static let renewalTime = 6 * 86400

    /// Seconds for which an address belongs to a NIC that no longer exists: its container may
    /// start again, and then claims the same address.
    static let graceTime = 3600

    /// Parses an element of the set `own6`.
    package init?(_ element: String) {
        let words = element.split(separator: " ")
        guard words.count == 3, words[1] == ".", words[2].hasPrefix("0x"),
            words[2].dropFirst(2).allSatisfy(\.isHexDigit),
            words[0].allSatisfy({ $0.isHexDigit || $0 == ":" })
        else { return nil }
        hardwareAddress = String(words[0])
        address = String(words[2])
    }

    package var text: String { "\(hardwareAddress) . \(address)" }

    /// The saved claims. A file that users other than root could write is ignored.
    static func load() -> [AddressClaim] {
        let file = try? TrustedFile.open(Paths.addressClaimsName, in: Paths.lxcRuntime)
        let bytes: [UInt8]
        switch consume file {
        case .some(let file): bytes = (try? file.contents()) ?? []
        case .none: bytes = []
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .compactMap { AddressClaim(String($0)) }
    }

    static func save(_ claims: [AddressClaim]) throws(Errno) {
        let text = claims.map { "\($0.text)\n" }.sorted().joined()
        let path = Paths.addressClaims
        guard (try? SmallFile.contents(of: path)) ?? nil != Array(text.utf8) else { return }
        try SmallFile.replace(path, with: Array(text.utf8), mode: 0o600)
    }
}
