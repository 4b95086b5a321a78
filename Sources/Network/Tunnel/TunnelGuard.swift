internal import Identity
internal import Netlink

/// The table that keeps what belongs to each host from crossing a tunnel: the gateway's addresses,
/// DHCP, IPv6 router discovery, and VLANs.
///
/// All hosts have the same gateway (anycast). Without this table, a container would learn the
/// gateway of another host, or get its lease there.
package struct TunnelGuard: Sendable {
    let bridge: BridgeName
    let port: String
    /// The bridge's hardware address.
    let hardwareAddress: MACAddress
    let gateway: IPv4Address
    /// The gateway's IPv6 addresses, the link-local one included.
    let gateways6: [IPv6Address]

    /// - Returns: `nil` if the network has no tunnel.
    package init?(_ network: DesiredNetwork) {
        guard let tunnel = network.tunnel, let ipv4 = network.ipv4,
            let address = network.hardwareAddress.flatMap({ MACAddress(text: Array($0.utf8)) })
        else { return nil }
        bridge = network.bridge
        port = tunnel.name
        hardwareAddress = address
        gateway = ipv4.address
        let link = IPv6Address(
            bytes: [0xfe, 0x80, 0, 0, 0, 0, 0, 0]
                + AddressFilterTable.interfaceIdentifier(of: address))
        gateways6 = [network.ipv6?.address, link].compactMap { $0 }
    }

    package static func table(of bridge: BridgeName) -> NftTable {
        NftTable(family: "bridge", name: "berth_\(bridge)")
    }

    /// The script for nft(8), one transaction.
    package var script: String {
        let table = Self.table(of: bridge)
        var lines = ["add table \(table)", "flush table \(table)"]
        // Before the chains of ``AddressFilter``, which would learn addresses from these frames.
        lines += [
            "arriving { type filter hook prerouting priority -310; policy accept; }",
            "leaving { type filter hook postrouting priority 310; policy accept; }",
            "keep", "keep_ipv4", "keep_ipv6",
        ].map { "add chain \(table) \($0)" }
        lines += rules.map { "add rule \(table) \($0)" }
        return lines.map { "\($0)\n" }.joined()
    }

    private var rules: [String] {
        let parsed = AddressFilter.isParsed
        let first = AddressFilter.isFirst
        let numbers = gateways6.map { AddressFilter.number($0.number) }
        let addresses6 = gateways6.map(\.description).joined(separator: ", ")
        // Receivers remove tags of VLAN 0, and nft(8) does not look behind tags.
        let tagged =
            AddressFilter.tags.map { "ether type \($0)" } + ["meta protocol { 0x8100, 0x88a8 }"]
        return [
            "arriving iifname \"\(port)\" jump keep", "leaving oifname \"\(port)\" jump keep",
        ]
            + tagged.map { "keep \($0) counter drop" } + [
                "keep ether saddr \(hardwareAddress) counter drop",
                "keep ether daddr \(hardwareAddress) counter drop",
                "keep arp saddr ip \(gateway) counter drop",
                "keep arp daddr ip \(gateway) counter drop",
                "keep ether type ip \(parsed) goto keep_ipv4",
                "keep ether type ip6 \(parsed) goto keep_ipv6",
                // Packets in which nft finds no transport header: a raw socket would accept them.
                "keep ether type { ip, ip6 } counter drop",
                "keep_ipv4 ip saddr \(gateway) counter drop",
                "keep_ipv4 ip daddr \(gateway) counter drop",
                "keep_ipv4 \(first) udp dport { 67, 68 } counter drop",
                "keep_ipv6 ip6 saddr { \(addresses6) } counter drop",
                "keep_ipv6 ip6 daddr { \(addresses6) } counter drop",
                "keep_ipv6 udp dport { 546, 547 } counter drop",
                "keep_ipv6 icmpv6 type { nd-router-solicit, nd-router-advert, nd-redirect } "
                    + "counter drop",
            ]
            + numbers.map {
                "keep_ipv6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } "
                    + "@th,64,128 \($0) counter drop"
            }
    }
}

extension Planner {
    /// Loads the table, unless it is as it was last loaded. Only the removal of tunnels and uplinks
    /// precedes this change.
    func tunnelGuard(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        guard let tunnelGuard = TunnelGuard(desired) else { return [] }
        let present = observed.tunnelGuard
        let isCurrent =
            record?.tunnelGuard.map { applied in
                applied.rendered == tunnelGuard.digest
                    && present.map {
                        applied.isIntact(RuleListing($0), capabilities.ruleTools)
                    } ?? false
            } ?? false
        guard !isCurrent else { return [] }
        let table = TunnelGuard.table(of: desired.bridge)
        return [
            .firewall(
                FirewallChange(
                    bridge: desired.bridge, sign: present == nil ? "+" : "~",
                    sentence: "\(desired.bridge): firewall table \(table), for the tunnel",
                    steps: [
                        .init(
                            tool: .nft, apply: tunnelGuard.script,
                            undo: present.map {
                                NftDialect.restoration(of: table, listing: $0)
                            } ?? NftDialect.removal(of: [table]))
                    ], guardedPort: tunnelGuard.port))
        ]
    }

    func tunnelGuardRemoval(_ bridge: BridgeName, _ observed: ObservedNetwork) -> [Change] {
        guard let listing = observed.tunnelGuard else { return [] }
        return [tableRemoval(TunnelGuard.table(of: bridge), listing, bridge)]
    }
}

extension TunnelGuard {
    package var digest: String { SHA256.hexDigest(script.utf8) }
}
