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
                rules: Self.serverOnly6 + [
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
                    // fe80::1 and the like, by which people know routers.
                    "@th,64,112 0xfe80000000000000000000000000 counter drop",
                    "@th,64,128 \(Self.isFilteredIdentifier) ether saddr . @th,128,64 != @eui64 "
                        + "counter drop",
                ] + ranges + ["counter drop"]),
            Chain(
                name: "new_claim",
                rules: [
                    "update @claims { ether saddr limit rate 20/hour burst 20 packets } "
                        + renewed("@th"), "counter drop",
                ]),
        ]
    }
}
