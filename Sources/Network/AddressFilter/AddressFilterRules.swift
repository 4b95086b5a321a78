internal import Identity

extension AddressFilter {
    /// The script for nft(8) that creates or updates the table in one transaction. The elements of
    /// the sets stay, except those of the settings.
    /// - Parameter obsolete: existing sets that no network needs.
    package func script(removing obsolete: [String] = []) -> String {
        var lines = ["add table \(Self.table)", "flush table \(Self.table)"]
        lines += obsolete.map { "delete set \(Self.table) \($0)" }
        lines += sets.map { "add set \(Self.table) \($0.name) { \($0.definition) }" }
        lines += chains.map { chain in
            "add chain \(Self.table) \(chain.name)"
                + (chain.hook.map { " { type filter hook \($0); policy accept; }" } ?? "")
        }
        for chain in chains {
            lines += chain.rules.map { "add rule \(Self.table) \(chain.name) \($0)" }
        }
        // The timeout of an element that exists cannot be changed, but the lease time can.
        lines.append("flush set \(Self.table) granted")
        for (name, elements) in settings {
            lines.append("flush set \(Self.table) \(name)")
            if !elements.isEmpty {
                let list = elements.joined(separator: ", ")
                lines.append("add element \(Self.table) \(name) { \(list) }")
            }
        }
        return lines.map { "\($0)\n" }.joined()
    }

    /// The maximum number of elements of a set to which the kernel adds elements.
    static let largestSet = 65535

    /// The sets, whose definitions do not depend on the settings: an existing set cannot be
    /// redefined. Their key is declared with `typeof` if nft has no name for a part of it.
    var sets: [(name: String, definition: String)] {
        let dynamic = "flags dynamic,timeout; size \(Self.largestSet);"
        let names = networks.map { Self.nics(on: $0.bridge) }
        return names.map { ($0, "type ether_addr;") } + [
            ("pair", "type ether_addr . ether_addr;"),
            ("chaddr", "typeof ether saddr . @th,288,48;"),
            ("eui64", "typeof ether saddr . @th,128,64;"),
            ("lease", "type ether_addr . ipv4_addr; \(dynamic)"),
            ("leased", "type ipv4_addr; \(dynamic)"),
            ("granted", "typeof @th,192,32; \(dynamic)"),
            ("fixed", "type ether_addr . ipv4_addr;"),
            ("reserved", "type ipv4_addr;"),
            ("host", "type ipv4_addr;"),
            ("own6", "typeof ether saddr . @th,64,128; timeout 7d; \(dynamic)"),
            ("owned6", "typeof @th,64,128; timeout 7d; \(dynamic)"),
            ("used6", "typeof @th,64,128; timeout 1h; \(dynamic)"),
            ("fixed6", "typeof @th,64,128;"),
            ("claims", "type ether_addr; timeout 1d; \(dynamic)"),
            ("arrivals", "type iface_index; timeout 1d; \(dynamic)"),
        ]
    }

    /// The elements that come from the settings.
    private var settings: [(set: String, elements: [String])] {
        let reservations = networks.flatMap(\.reservations)
        let addresses = networks.map(\.gateway) + reservations.filter(\.isHeld).map(\.address)
        return [
            ("fixed", reservations.map { "\($0.hardwareAddress) . \($0.address)" }),
            ("reserved", addresses.map(\.description)),
            ("host", hostAddresses.map(\.description)),
            (
                "fixed6",
                (networks.flatMap(\.gateways6) + hostAddresses6).map { Self.number($0.number) }
            ),
        ]
    }

    static func number(_ number: UInt128) -> String {
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// A condition on the 128 bits at this place.
    static func matches(_ place: String, _ prefix: Prefix<IPv6Address>) -> String {
        "\(place) & \(number(Prefix<IPv6Address>.mask(prefix.length))) == "
            + number(prefix.first.number)
    }

    struct Chain {
        let name: String
        var hook: String?
        let rules: [String]
    }

    static func group(_ direction: String, _ bits: UInt32, of mask: UInt32) -> String {
        "\(direction)group & 0x\(String(mask, radix: 16)) == 0x\(String(bits, radix: 16))"
    }

    static func isFiltered(_ direction: String) -> String {
        group(
            direction, PortGrant.tag | PortGrant.ipfilter,
            of: PortGrant.tagMask | PortGrant.ipfilter)
    }

    /// b2:be:…
    static var isFilteredAddress: String {
        let block = HardwareBlock.filtered.containerAddress([0, 0, 0, 0])
        return "& ff:ff:00:00:00:00 == \(block)"
    }

    /// Whether the last 64 of 128 bits are an identifier that SLAAC derives from such an address.
    static let isFilteredIdentifier =
        "& 0x0000000000000000ffff00ffff000000 == 0x0000000000000000b0be00fffe000000"

    private var chains: [Chain] {
        hooks + grants + filtered + ipv4 + ipv6 + held + fromTunnels + neighbors
    }

    private static func grants(on bridge: BridgeName) -> String { "grant_\(bridge)" }

    /// The shortest lease that dnsmasq grants, in seconds.
    static let shortestLeaseTime = 120

    /// For how long a lease is valid. A client can ask for a shorter one (option 51, which dnsmasq
    /// puts after its address). nft cannot take a time from a packet, so one of a fixed series of
    /// times is used: not longer than the lease, and more than half of it, after which the client
    /// renews it.
    private var grants: [Chain] {
        networks.map { network in
            var times = [network.leaseTime]
            // A reservation in LXC_DHCP_CONFILE can have a longer time.
            while let first = times.first, first * 2 <= Network.infiniteLeaseTime {
                times.insert(first * 2, at: 0)
            }
            while let last = times.last, last / 2 > Self.shortestLeaseTime {
                times.append(last / 2)
            }
            func rule(_ time: Int) -> String {
                "update @lease { ether daddr . ip daddr timeout \(time)s } "
                    + "update @leased { ip daddr timeout \(time)s } accept"
            }
            return Chain(
                name: Self.grants(on: network.bridge),
                rules: times.map { "@th,2056,16 0x3304 @th,2072,32 >= \($0) \(rule($0))" }
                    + [rule(Self.shortestLeaseTime)])
        }
    }

    private var hooks: [Chain] {
        let leases = networks.flatMap { network in
            // A reply, of type ACK, that grants an address.
            let reply =
                "meta skuid 0 ip saddr \(network.gateway) udp sport 67 udp dport 68 "
                + "@th,64,8 2 @th,1984,24 0x350105 @th,192,32 != 0"
            return [
                "\(reply) update @granted { @th,192,32 timeout \(network.leaseTime)s }",
                "\(Self.isFiltered("oif")) ether daddr @\(Self.nics(on: network.bridge)) \(reply) "
                    + "goto \(Self.grants(on: network.bridge))",
            ]
        }
        let bridges = networks.map { "\"\($0.bridge)\"" }.joined(separator: ", ")
        let isNeighbor =
            knowsBridges
            ? "meta ibrname { \(bridges) }"
            : Self.group("iif", PortGrant.tag, of: PortGrant.tagMask)
        return [
            // The kernel itself records the lease when dnsmasq's reply is sent (DHCP snooping), so
            // that the container's first packet already passes. Only root can send from the DHCP
            // server's port, and forwarded packets have no socket, and so no user (`skuid`).
            Chain(name: "leases", hook: "output priority 0", rules: leases),
            Chain(
                name: "ports", hook: "prerouting priority -300",
                rules: ["\(Self.isFiltered("iif")) goto filtered"]
                    + tunnels.map { "\($0) goto tunnel_in" }
                    + ["jump held", "\(isNeighbor) jump neighbors"]),
            Chain(
                name: "towards", hook: "forward priority -300",
                rules: (["\(Self.isFiltered("iif"))"] + tunnels).map { "\($0) accept" }
                    + ["\(Self.isFiltered("oif")) jump neighbors"]),
            // Frames to link-local group addresses, such as those of EAPOL, skip the other hooks.
            Chain(
                name: "local", hook: "input priority -300",
                rules: [
                    "\(Self.isFiltered("iif")) "
                        + "ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 counter drop",
                    "\(Self.isFiltered("iif")) ether type != { arp, ip, ip6 } counter drop",
                ]),
        ]
    }

    /// What NICs with `ipfilter` may send: nothing that is not listed. A frame with a VLAN tag has
    /// another EtherType, so it is dropped as well.
    private var filtered: [Chain] {
        func known(_ address: String) -> [String] {
            ["lease", "fixed"].map { "arp saddr ether . arp \(address) ip @\($0) accept" }
        }
        return [
            Chain(
                name: "filtered",
                rules: [
                    "ether type arp goto arp_in", "ether type ip \(Self.isParsed) goto ipv4_in",
                    "ether type ip6 \(Self.isParsed) goto ipv6_in", "counter drop",
                ]),
            Chain(
                name: "arp_in",
                rules: [
                    "arp htype 1 arp ptype 0x0800 arp hlen 6 arp plen 4 "
                        + "ether saddr . arp saddr ether @pair goto arp_addresses",
                    "counter drop",
                ]),
            Chain(
                name: "arp_addresses",
                rules: known("saddr").map { "arp operation { request, reply } \($0)" }
                    + known("daddr").map { "arp operation request arp saddr ip 0.0.0.0 \($0)" }
                    + [
                        // A probe for an address that is not in use.
                        "arp operation request arp saddr ip 0.0.0.0 arp daddr ip != @leased "
                            + "arp daddr ip != @reserved arp daddr ip != @host goto probe",
                        "counter drop",
                    ]),
            // In a separate chain: after a condition on ARP, nft(8) would list the place as an
            // address, which does not match the type of the set.
            Chain(name: "probe", rules: ["@nh,192,32 != @granted accept", "counter drop"]),
        ]
    }

    /// A condition that fails only if nft finds no transport header, for example because the length
    /// of the packet is wrong. No rule about ports would match such a packet, but DHCP clients that
    /// read raw frames accept it.
    static let isParsed = "meta l4proto != 255"

    /// Rules that look at ports apply to whole packets and first fragments: in later ones, nft
    /// treats data as a header.
    static let isFirst = "ip frag-off & 0x1fff == 0"

    /// What only servers and routers send: replies to DHCP clients, which do not look at the port
    /// that these come from, and IGMP queries (type 0x11), which would make the bridge stop
    /// forwarding multicast groups that a NIC has joined.
    static let serverOnly = [
        "\(isFirst) udp sport 67 counter drop", "\(isFirst) udp dport 68 counter drop",
        "ip protocol 2 @th,0,8 0x11 counter drop",
        "ip protocol 2 ip frag-off & 0x3fff != 0 counter drop",
    ]
    /// The same for IPv6. An MLD query is the equivalent of an IGMP query.
    static let serverOnly6 = [
        "icmpv6 type { nd-router-advert, nd-redirect, mld-listener-query } counter drop",
        "udp sport 547 counter drop", "udp dport 546 counter drop",
    ]

    private var ipv4: [Chain] {
        let own = ["lease", "fixed"].map { "ether saddr . ip saddr @\($0) accept" }
        return [
            Chain(
                name: "ipv4_in",
                rules: ["\(Self.isFirst) udp dport 67 goto dhcp_in"] + Self.serverOnly + own + [
                    // IGMP.
                    "ip saddr 0.0.0.0 ip protocol 2 accept", "counter drop",
                ]),
            Chain(
                name: "dhcp_in",
                rules: [
                    "ip frag-off & 0x3fff != 0 counter drop",
                    // A request of an Ethernet client with an address of six bytes, without a
                    // relay, for itself; then its type: DISCOVER or REQUEST. RELEASE and DECLINE
                    // would free the address for others while the lease is still in the set, and
                    // dnsmasq also acknowledges an INFORM of a client that has no lease.
                    "udp sport 68 @th,64,24 0x010106 @th,256,32 0 "
                        + "@th,192,32 0 ether saddr . @th,288,48 @chaddr "
                        + "@th,1984,24 { 0x350101, 0x350103 } goto dhcp_addresses",
                    "counter drop",
                ]),
            Chain(
                name: "dhcp_addresses",
                rules: [
                    // Clear the flag by which a client asks for a broadcast reply: `leases` needs a
                    // reply to the client's address. Clients that set the flag accept either. nft
                    // cannot update the UDP checksum, which IPv4 allows to be zero.
                    "ip saddr 0.0.0.0 ip daddr 255.255.255.255 @th,160,32 0 @th,144,16 set 0 "
                        + "udp checksum set 0 accept"
                ] + own + ["counter drop"]),
        ]
    }
}
