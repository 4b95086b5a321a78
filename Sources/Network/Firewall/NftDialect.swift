/// Firewall rules as a transaction of nft(8), which is run as a program, not linked as libnftables.
/// Each network has its own table.
package enum NftDialect {
    /// The script for `nft -f -`. It is atomic: the table is flushed and filled while its chains
    /// stay hooked, and no packet traverses a partly filled table.
    /// - Parameter removing: tables of the program that managed the bridge before.
    package static func script(_ rules: FirewallRules, removing: [NftTable] = []) -> String {
        let table = table(of: rules.bridge)
        var lines = removing.flatMap { deletion(of: $0) }
        lines += ["add table \(table)", "flush table \(table)"]
        let parts = rules.rules.flatMap { rendered($0, rules.bridge) } + portForwards(rules.rules)
        let chains = Chain.allCases.filter { chain in
            chain != .translated || parts.contains { $0.chain == chain }
        }
        lines += chains.map { chain in
            "add chain \(table) \(chain.rawValue)" + (chain.hook.map { " { \($0) }" } ?? "")
        }
        lines += parts.map { "add rule \(table) \($0.chain.rawValue) \($0.text)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The script that deletes tables, whether they exist or not.
    package static func removal(of tables: [NftTable]) -> String {
        tables.flatMap { deletion(of: $0) }.joined(separator: "\n") + "\n"
    }

    /// The script that restores a table as `nft list` printed it.
    package static func restoration(of table: NftTable, listing: String) -> String {
        removal(of: [table]) + listing + "\n"
    }

    package static func table(of bridge: BridgeName) -> NftTable {
        NftTable(family: "inet", name: "berth_\(bridge)")
    }

    /// The tables of LXC's lxc-net script.
    package static let lxcNetTables = [
        NftTable(family: "inet", name: "lxc"), NftTable(family: "ip", name: "lxc"),
        NftTable(family: "ip6", name: "lxc"),
    ]

    private static func deletion(of table: NftTable) -> [String] {
        // Deleting a table that does not exist would be an error.
        ["add table \(table)", "delete table \(table)"]
    }

    enum Chain: String, CaseIterable {
        case sources, input, forward, prerouting, output, postrouting, answers, translated
        case portForwards = "port_forwards"

        /// `nil` for a chain to which others jump.
        var hook: String? {
            switch self {
            case .portForwards: nil
            // This hook precedes connection tracking: forged packets must not fill its table.
            case .sources: "type filter hook prerouting priority -300; policy accept;"
            case .input: "type filter hook input priority 0; policy accept;"
            case .forward: "type filter hook forward priority 0; policy accept;"
            case .prerouting: "type nat hook prerouting priority -100; policy accept;"
            case .output: "type nat hook output priority -100; policy accept;"
            case .postrouting: "type nat hook postrouting priority 100; policy accept;"
            case .answers: "type filter hook postrouting priority -150; policy accept;"
            // After `postrouting`. A packet dropped here leaves no entry in connection tracking.
            case .translated: "type filter hook postrouting priority 110; policy accept;"
            }
        }
    }

    private static func quoted(_ names: [BridgeName]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private static func rendered(
        _ rule: FirewallRules.Rule, _ bridge: BridgeName
    ) -> [(chain: Chain, text: String)] {
        let from = "iifname \"\(bridge)\""
        let to = "oifname \"\(bridge)\""
        let family = rule.isIPv6 ?? false ? "ip6" : "ip"
        switch rule {
        case .acceptInput(let transport, let port):
            return [(.input, "\(from) \(transport.rawValue) dport \(port) accept")]
        case .dropReservedGroups:
            let match = "ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00"
            return [(.sources, "\(match) counter drop")]
        case .close(let isIPv6):
            let version = "meta nfproto \(isIPv6 ? "ipv6" : "ipv4")"
            return [
                (.input, "\(from) \(version) counter drop"),
                (.forward, "\(from) oifname != \"\(bridge)\" \(version) counter drop"),
                (.forward, "\(to) iifname != \"\(bridge)\" \(version) counter drop"),
            ]
        // A packet passes the chains of all tables.
        case .closeTo: return []
        case .dropTunnelTraffic:
            let matches = ["udp dport \(Tunnel.port)", "tcp dport \(Tunnel.bgpPort)"]
            return [Chain.input, .forward].flatMap { chain in
                matches.map { (chain, "\(from) \($0) counter drop") }
            }
        case .dropShadows(let transport, let ports):
            let list = ports.map { "\($0)" }.joined(separator: ", ")
            let match = "ct direction original ct status & snat == snat"
            return [
                (
                    .translated,
                    "\(from) \(match) \(transport.rawValue) sport { \(list) } counter drop"
                )
            ]
        case .acceptQueries(let local, let clients, let port):
            let sources = clients.map(\.description).joined(separator: ", ")
            return ["udp", "tcp"].flatMap { transport in
                let match = "\(family) daddr \(local) \(transport) dport \(port)"
                return [
                    (Chain.input, "\(match) \(family) saddr { \(sources) } accept"),
                    (Chain.input, "\(match) iifname != \"lo\" counter drop"),
                ]
            }
        case .acceptNeighborDiscovery:
            let messages = "{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert }"
            return [(.input, "\(from) icmpv6 type \(messages) accept")]
        case .dropUnroutedSources:
            return [
                (.sources, "\(from) ip saddr 0.0.0.0 udp dport 67 accept"),
                // Duplicate address detection, router solicitations and multicast listener reports.
                // ICMPv6 by number: nft looks up names in /etc/protocols, which may be missing.
                (.sources, "\(from) ip6 saddr :: meta l4proto 58 accept"),
                // The kernel does not forward packets with link-local source addresses.
                (.sources, "\(from) ip6 saddr fe80::/10 accept"),
                (.sources, "\(from) fib saddr . iif oif missing counter drop"),
            ]
        case .dropOtherSources(let range):
            let match = "iifname != { \"\(bridge)\", \"lo\" } \(family) saddr \(range.text)"
            return [(.sources, "\(match) counter drop")]
        case .isolate: return [(.forward, "\(from) \(to) ct status & dnat == 0 drop")]
        case .separate(let other):
            return [
                (.forward, "\(from) oifname \"\(other)\" ct status & dnat == 0 drop"),
                (.forward, "iifname \"\(other)\" \(to) ct status & dnat == 0 drop"),
            ]
        case .acceptFromBridge: return [(.forward, "\(from) accept")]
        case .acceptToBridge: return [(.forward, "\(to) accept")]
        case .acceptToBridgeFrom(let uplinks):
            return [
                (.forward, "\(to) iifname { \(quoted(uplinks)) } accept"),
                (.forward, "\(to) ct state established,related accept"),
                (.forward, "\(to) ct status & dnat == dnat accept"),
                (.forward, "\(to) counter drop"),
            ]
        case .refuseConnections(let other):
            let match = "ct state != { established, related } ct status & dnat == 0"
            return [(.forward, "\(from) oifname \"\(other)\" \(match) drop")]
        case .masquerade(let range, let others, let excepted):
            let ranges = excepted.map(\.text).joined(separator: ", ")
            let match =
                "\(family) saddr \(range.text) \(family) daddr != \(range.text)"
                + (excepted.isEmpty ? "" : " \(family) daddr != { \(ranges) }")
                + (others.isEmpty ? "" : " oifname != { \(quoted(others)) }")
            return [(.postrouting, "\(match) counter masquerade")]
        case .fixDHCPChecksum:
            return [(.answers, "\(to) meta nfproto ipv4 udp dport 68 udp checksum set 0")]
        case .forward, .hairpin: return []
        }
    }
}

/// A table of nftables.
package struct NftTable: Hashable, Codable, Sendable, CustomStringConvertible {
    package let family: String
    package let name: String

    package init(family: String, name: String) {
        self.family = family
        self.name = name
    }

    package var description: String { "\(family) \(name)" }
}

/// The tables of the host in the output of `nft list ruleset`.
package struct NftListing: Sendable {
    private var tables: [NftTable: String] = [:]

    package init(_ text: String) {
        var table: NftTable?
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if table == nil, line.hasPrefix("table ") {
                // After the brace nft can name the program that owns the table (flags owner,
                // NFT_TABLE_F_OWNER).
                let words = line.split(separator: " ")
                guard words.count >= 4, words[3] == "{" else { continue }
                table = NftTable(family: String(words[1]), name: String(words[2]))
                lines = [line]
            } else if let name = table {
                lines.append(line)
                guard line == "}" else { continue }
                tables[name] = lines.joined(separator: "\n")
                table = nil
            }
        }
    }

    /// The listing of a table; `nil` if it does not exist.
    package subscript(_ table: NftTable) -> String? { tables[table] }

    /// Whether another program's base chain can drop packets: a quick check before a thorough one.
    package func hasForeignDrop(besides own: Set<NftTable>) -> Bool {
        tables.contains {
            !own.contains($0.key) && $0.value.contains("hook ")
                // Targets of iptables are in capitals.
                && Self.suspicious.contains(where: $0.value.contains)
        }
    }

    private static let suspicious = [
        "drop", "reject", "DROP", "REJECT", "vmap @",
        // What can divert packets: see ``FirewallDiversion``.
        "dnat to", "snat to", "redirect", "notrack", "mark set", "DNAT", "SNAT", "REDIRECT",
        "NOTRACK", "MARK", "\"CT\"",
    ]

    /// The interfaces of the chains that are bound to interfaces and see only their frames.
    var devices: [FirewallChains.Name: [String]] {
        var found: [FirewallChains.Name: [String]] = [:]
        for (table, text) in tables where text.contains(" device") {
            var chain = ""
            for line in text.split(separator: "\n") {
                let words = line.split { $0 == " " || $0 == "\t" }
                if words.first == "chain", words.count > 1 { chain = String(words[1]) }
                guard words.first == "type",
                    let start = words.firstIndex(where: { $0 == "device" || $0 == "devices" })
                else { continue }
                let name = FirewallChains.Name(
                    family: table.family, table: table.name, chain: chain)
                found[name] = words[(start + 1)...].prefix { $0 != "priority" && $0 != "}" }
                    .filter { $0 != "=" && $0 != "{" }
                    .map { $0.filter { $0 != "\"" && $0 != "," } }
            }
        }
        return found
    }
}
