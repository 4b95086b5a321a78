extension AddressFilter {
    /// What no other NIC of the host may send, because it belongs to a NIC with `ipfilter` or to
    /// the host.
    var held: [Chain] {
        let addresses = ["leased", "reserved"]
        return [
            Chain(
                name: "held",
                rules: [
                    "ether saddr \(Self.isFilteredAddress) counter drop",
                    // Receivers remove any number of tags with VLAN ID 0; nft sees the first only.
                    "meta protocol { 0x8100, 0x88a8 } @nh,4,12 0 counter drop",
                    "meta protocol arp goto held_arp", "meta protocol ip goto held_ipv4",
                    "meta protocol ip6 goto held_ipv6",
                ]),
            Chain(
                name: "held_arp",
                rules: Self.withTags(
                    "arp",
                    ["arp saddr ether \(Self.isFilteredAddress) counter drop"]
                        + addresses.map { "arp saddr ip @\($0) counter drop" }
                        + addresses.map { "arp saddr ip 0.0.0.0 arp daddr ip @\($0) counter drop" }
                )),
            Chain(
                name: "held_ipv4",
                rules: addresses.map { "ip saddr @\($0) counter drop" } + [
                    // A short first fragment would hide the client from the next rule.
                    "udp dport 67 ip frag-off & 0x3fff == 0x2000 counter drop",
                    "\(Self.isFirst) udp dport 67 @th,288,16 0xb2be counter drop",
                ]),
            Chain(
                name: "held_ipv6",
                rules: networks.compactMap(\.ipv6).flatMap { range in
                    Self.uses { "\(Self.matches($0, range)) \($0) @owned6" }
                } + Self.uses { "\($0) \(Self.isFilteredIdentifier)" }),
        ]
    }

    /// What the neighbors of NICs with `ipfilter` may not send: what belongs to the host, to
    /// routers (RA guard) and servers (rogue DHCP), and what could use up the DHCP range.
    var neighbors: [Chain] {
        // Learns which IPv6 addresses the neighbors have, so that no NIC with `ipfilter` claims
        // them. What cannot be learned is dropped, so neither one port nor a full set displaces
        // addresses that were learned.
        func learn(_ place: String) -> [String] {
            [
                "\(place),64,128 @used6 update @used6 { \(place),64,128 } accept",
                "update @arrivals { iif limit rate 4/minute burst 128 packets } "
                    + "update @used6 { \(place),64,128 } accept",
                "counter drop",
            ]
        }
        let link = Prefix<IPv6Address>("fe80::/64")
        let ranges = ([link] + networks.map(\.ipv6)).compactMap { $0 }
            .map { Self.matches("@nh,64,128", $0) }
        return [
            Chain(
                name: "neighbors",
                rules: [
                    "ether type 8021q vlan id 0 counter drop",
                    "ether type 8021ad vlan id 0 counter drop",
                    "meta protocol { 0x8100, 0x88a8 } counter drop",
                    "meta protocol arp goto neighbors_arp",
                    "meta protocol ip \(Self.isParsed) goto neighbors_ipv4",
                    "meta protocol ip6 \(Self.isParsed) goto neighbors_ipv6",
                    "meta protocol { ip, ip6 } counter drop",
                ]),
            Chain(
                name: "neighbors_arp",
                rules: Self.withTags(
                    "arp",
                    [
                        "arp ptype != 0x0800 counter drop", "arp hlen != 6 counter drop",
                        "arp plen != 4 counter drop", "arp saddr ip @host counter drop",
                    ])),
            Chain(
                name: "neighbors_ipv4",
                rules: ["ip saddr @host counter drop"] + Self.serverOnly + [
                    "\(Self.isFirst) udp dport 67 @th,64,24 != 0x010106 counter drop",
                    "\(Self.isFirst) udp dport 67 @th,256,32 != 0 counter drop",
                ]),
            Chain(
                name: "neighbors_ipv6",
                rules: Self.visibleInTags + Self.withTags("ip6", Self.serverOnly6)
                    + Self.uses { "\($0) @owned6" } + Self.uses { "\($0) @fixed6" }
                    + Self.withTags(
                        "ip6",
                        ["icmpv6 type nd-neighbor-solicit ip6 saddr :: goto neighbors_claim"])
                    + ranges.map { "\($0) goto neighbors_new" }),
            Chain(name: "neighbors_claim", rules: learn("@th")),
            Chain(name: "neighbors_new", rules: learn("@nh")),
        ]
    }

    /// Rules that drop a frame which uses an IPv6 address: as its source, in an advertisement, or
    /// in a claim.
    /// - Parameter condition: a condition on the 128 bits at a place.
    static func uses(_ condition: (String) -> String) -> [String] {
        let (source, target) = (condition("@nh,64,128"), condition("@th,64,128"))
        return ["\(source) counter drop"]
            + withTags(
                "ip6",
                [
                    "icmpv6 type nd-neighbor-advert \(target) counter drop",
                    "ip6 saddr :: icmpv6 type nd-neighbor-solicit \(target) counter drop",
                ])
    }

    /// The types of VLAN tags.
    static let tags = ["8021q", "8021ad"]

    /// The rules, and the same for frames with a VLAN tag: nft(8) compares the EtherType of the
    /// frame before it evaluates `arp` or `icmpv6`, and a tagged frame has another EtherType.
    /// Receivers process frames with a tag of their port's VLAN, or of VLAN 0, as well. With a set
    /// of both types of tags, nft(8) would compare at a wrong offset in the frame.
    static func withTags(_ type: String, _ rules: [String]) -> [String] {
        rules.flatMap { rule in
            [rule] + tags.map { "ether type \($0) vlan type \(type) \(rule)" }
        }
    }
}
