/// The rules as one transaction of nft(8), in a table of the network's own.
package enum NftDialect {
    /// What `nft -f -` applies as a whole or not at all. The table is emptied and filled in the same
    /// moment, and its chains stay hooked: no packet meets half of it.
    /// - Parameter removing: tables of whoever managed this bridge before.
    package static func script(_ rules: FirewallRules, removing: [NftTable] = []) -> String {
        let table = table(of: rules.bridge)
        var lines = removing.flatMap { deletion(of: $0) }
        lines += ["add table \(table)", "flush table \(table)"]
        lines += Chain.allCases.map { "add chain \(table) \($0.rawValue) { \($0.hook) }" }
        for rule in rules.rules {
            lines += rendered(rule, rules.bridge).map {
                "add rule \(table) \($0.chain.rawValue) \($0.text)"
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What removes tables, whether they are there or not.
    package static func removal(of tables: [NftTable]) -> String {
        tables.flatMap { deletion(of: $0) }.joined(separator: "\n") + "\n"
    }

    /// What puts a table back as `nft list` printed it.
    package static func restoration(of table: NftTable, listing: String) -> String {
        removal(of: [table]) + listing + "\n"
    }

    package static func table(of bridge: BridgeName) -> NftTable {
        NftTable(family: "inet", name: "berth_\(bridge)")
    }

    /// The tables in which lxc-net keeps its rules.
    package static let stockTables = [
        NftTable(family: "inet", name: "lxc"), NftTable(family: "ip", name: "lxc"),
        NftTable(family: "ip6", name: "lxc"),
    ]

    private static func deletion(of table: NftTable) -> [String] {
        // Adding it first makes the deletion of an absent one no error.
        ["add table \(table)", "delete table \(table)"]
    }

    private enum Chain: String, CaseIterable {
        case input, forward, prerouting, output, postrouting, answers

        var hook: String {
            switch self {
            case .input: "type filter hook input priority 0; policy accept;"
            case .forward: "type filter hook forward priority 0; policy accept;"
            case .prerouting: "type nat hook prerouting priority -100; policy accept;"
            case .output: "type nat hook output priority -100; policy accept;"
            case .postrouting: "type nat hook postrouting priority 100; policy accept;"
            case .answers: "type filter hook postrouting priority -150; policy accept;"
            }
        }
    }

    private typealias Rendered = (chain: Chain, text: String)

    private static func rendered(_ rule: FirewallRules.Rule, _ bridge: BridgeName) -> [Rendered] {
        let from = "iifname \"\(bridge)\""
        let to = "oifname \"\(bridge)\""
        switch rule {
        case .serve(let transport, let port):
            return [(.input, "\(from) \(transport.rawValue) dport \(port) accept")]
        case .serveIPv6Discovery:
            let messages = "{ nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert }"
            return [(.input, "\(from) icmpv6 type \(messages) accept")]
        case .keepApart: return [(.forward, "\(from) \(to) ct status & dnat == 0 drop")]
        case .passOutwards: return [(.forward, "\(from) accept")]
        case .passInwards: return [(.forward, "\(to) accept")]
        case .translate(let range):
            let (family, prefix) = named(range)
            return [
                (
                    .postrouting,
                    "\(family) saddr \(prefix) \(family) daddr != \(prefix) counter masquerade"
                )
            ]
        case .clearDHCPChecksum:
            return [(.answers, "\(to) meta nfproto ipv4 udp dport 68 udp checksum set 0")]
        case .forward(let forward): return rendered(forward)
        case .returnOverHost(let forward, let range):
            let (family, prefix) = named(range)
            let ports = ports(forward.targetPort, or: forward)
            return [
                (
                    .postrouting,
                    "\(family) saddr \(prefix) \(family) daddr \(forward.target.text) "
                        + "\(forward.transport.rawValue) dport \(ports) ct status & dnat == dnat "
                        + "masquerade"
                )
            ]
        }
    }

    private static func rendered(_ forward: Forward) -> [Rendered] {
        let family = forward.isIPv6 ? "ip6" : "ip"
        let loopback = forward.isIPv6 ? "::1" : "127.0.0.0/8"
        let host =
            forward.listens.map { "\(family) daddr \($0.text)" }
            ?? "\(family) daddr != \(loopback) fib daddr type local"
        let port = forward.targetPort.map { ":\($0)" } ?? ""
        let target =
            forward.isIPv6 && forward.targetPort != nil
            ? "[\(forward.target.text)]\(port)" : "\(forward.target.text)\(port)"
        let text =
            "\(host) \(forward.transport.rawValue) dport \(ports(nil, or: forward)) "
            + "dnat \(family) to \(target)"
        return [(.prerouting, text), (.output, text)]
    }

    private static func ports(_ single: UInt16?, or forward: Forward) -> String {
        if let single { return "\(single)" }
        return forward.first == forward.last
            ? "\(forward.first)" : "\(forward.first)-\(forward.last)"
    }

    private static func named(_ range: FirewallRules.Range) -> (family: String, prefix: String) {
        switch range {
        case .ipv4(let prefix): ("ip", prefix.description)
        case .ipv6(let prefix): ("ip6", prefix.description)
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

/// All tables of the host as `nft list ruleset` prints them.
package struct NftListing: Sendable {
    private var tables: [NftTable: String] = [:]

    package init(_ text: String) {
        var table: NftTable?
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if table == nil, line.hasPrefix("table ") {
                // Behind the brace nft may say which program owns the table.
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

    /// - Returns: `nil` if there is no such table.
    package subscript(_ table: NftTable) -> String? { tables[table] }

    /// Whether somebody else's chain throws away what nothing in it accepts: worth a closer look.
    package func hasForeignDrop(besides own: Set<NftTable>) -> Bool {
        tables.contains {
            !own.contains($0.key) && $0.value.contains("hook ")
                // In capitals where it is a target of iptables.
                && ["drop", "reject", "DROP", "REJECT"].contains(where: $0.value.contains)
        }
    }
}
