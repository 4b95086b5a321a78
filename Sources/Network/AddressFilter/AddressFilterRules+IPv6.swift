extension AddressFilter {
    /// IPv6 addresses belong to the NIC that claims them first by duplicate address detection, as
    /// in RFC 6620 (SAVI, against neighbor discovery spoofing): clients choose their own.
    var ipv6: [Chain] {
        let link = Prefix<IPv6Address>("fe80::/64")
        let ranges = networks.flatMap { network in
            [link, network.ipv6].compactMap { $0 }.map {
                "ether saddr @\(Self.nics(on: network.bridge)) \(Self.matches("@th,64,128", $0)) "
                    + "goto new_claim"
            }
        }
        let renew = "update @own6 { ether saddr . %,64,128 } update @owned6 { %,64,128 } accept"
        func renewed(_ place: String) -> String {
            renew.split(separator: "%", omittingEmptySubsequences: false).joined(separator: place)
        }
        return [
            Chain(
                name: "ipv6_in",
                rules: Self.visible + Self.serverOnly6 + [
                    "ip6 saddr :: goto unspecified_in",
                    "icmpv6 type nd-neighbor-advert ether saddr . @th,64,128 != @own6 "
                        + "counter drop",
                    "ether saddr . @nh,64,128 @own6 \(renewed("@nh"))", "counter drop",
                ]),
            Chain(
                name: "unspecified_in",
                rules: [
                    "icmpv6 type nd-neighbor-solicit goto claim",
                    "icmpv6 type { nd-router-solicit, mld-listener-report, mld-listener-done, "
                        + "mld2-listener-report } accept",
                    "counter drop",
                ]),
            Chain(
                name: "claim",
                rules: [
                    "ether saddr . @th,64,128 @own6 \(renewed("@th"))",
                    "@th,64,128 @owned6 counter drop", "@th,64,128 @fixed6 counter drop",
                    "@th,64,128 @used6 counter drop",
                    // Short addresses such as fe80::1, which administrators give to routers.
                    "@th,64,112 0xfe80000000000000000000000000 counter drop",
                    "@th,64,128 \(Self.isFilteredIdentifier) ether saddr . @th,128,64 != @eui64 "
                        + "counter drop",
                ] + ranges + ["counter drop"]),
            Chain(
                name: "new_claim",
                rules: [
                    "update @claims { ether saddr timeout 1h limit rate 20/hour burst 20 packets } "
                        + renewed("@th"), "counter drop",
                ]),
            // In chains of their own: after a condition on the type, nft(8) would list these places
            // as fields of ICMPv6.
            Self.requirement("visible_header", "@th,0,8"),
            Self.requirement("visible_target", "@th,184,8"),
        ]
    }

    /// Drops first fragments that hide what the rules look at: the header behind the extension
    /// headers, which can be in the next fragment, and the target of neighbor discovery.
    static let visible = ["frag frag-off 0 jump visible_header", visibleTarget]

    /// The same where some frames have a VLAN tag. In these, nft(8) cannot match fragments, so
    /// later fragments of ICMPv6 are dropped as well.
    static let visibleInTags =
        ["frag frag-off 0 jump visible_header"]
        + tags.map { "ether type \($0) meta l4proto 58 jump visible_header" }
        + withTags("ip6", [visibleTarget])

    private static let visibleTarget =
        "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } jump visible_target"

    /// A chain that drops packets which do not reach as far as this byte.
    private static func requirement(_ name: String, _ byte: String) -> Chain {
        Chain(name: name, rules: ["\(byte) < 128 return", "\(byte) >= 128 return", "counter drop"])
    }
}
