internal import Linux

/// A chain of another program's firewall that drops a network's packets. Accepting them in
/// berth-net's own table does not help: a drop in any table is final.
package struct ForeignFirewall: Hashable, Sendable {
    /// Commands that make another program's firewall accept the network's packets, and commands
    /// that undo this.
    package struct Fix: Hashable, Codable, Sendable {
        /// Each is a program and its arguments.
        package let apply: [[String]]
        package let undo: [[String]]
        /// What the commands achieve, as listed among the changes.
        package let sentence: String
    }

    package enum Owner: String, Sendable { case docker, ufw, firewalld, unknown }

    package let owner: Owner
    /// `ip`, `ip6` or `inet`.
    package let family: String
    package let table: String
    package let chain: String
    package let isInput: Bool
    /// The traffic that it drops; not empty.
    package let dropped: [NetworkTraffic]
    /// The rules that drop it, or the policy of the chain.
    package internal(set) var drops: [FirewallDrop] = []
    /// Whether it is a table of iptables-legacy(8), which nft(8) does not list.
    package let isLegacy: Bool
    /// What an administrator can do about it.
    package let remedy: String
    package let fix: Fix?
    /// Commands that insert rules into the chain itself, for an administrator who knows the program
    /// that created it: berth-net does not run them, because that program may replace the chain.
    package let insertions: [[String]]

    /// Whether it drops something that every container needs.
    package var isVital: Bool { dropped.contains(where: \.isVital) }

    package func warning(for bridge: BridgeName) -> String {
        let whose =
            (isLegacy ? " of iptables-legacy" : "")
            + (owner == .unknown ? "" : " (\(owner.rawValue))")
        let what =
            isInput
            ? "DHCP and DNS requests from"
            : dropped.contains(.outward)
                ? "packets from and to" : listed(dropped.map(\.text)) + " of containers on"
        return "the firewall chain \(family) \(table) \(chain)\(whose) drops \(what) \(bridge): "
            + remedy + (fix == nil ? "" : ", or set LXC_FIREWALL_FOREIGN=\"true\"")
    }

    /// - Parameter isInZone: whether a firewalld zone names the bridge.
    init(
        _ owner: Owner, family: String, table: String, chain: String, isInput: Bool,
        hook: String = "", isLegacy: Bool, isInZone: Bool, dropped: [NetworkTraffic],
        bridge: BridgeName
    ) {
        self.owner = owner
        self.family = family
        self.table = table
        self.chain = chain
        self.isInput = isInput
        self.dropped = dropped
        self.isLegacy = isLegacy
        let program = (family == "ip6" ? "ip6tables" : "iptables") + (isLegacy ? "-legacy" : "")
        let tag = ["-m", "comment", "--comment", IptablesDialect.tag(bridge) + ":fix"]
        func fix(_ rules: [[String]], _ sentence: String) -> Fix {
            Fix(
                apply: rules.map { [program, "-w", "10", "-I"] + $0 + tag + ["-j", "ACCEPT"] },
                undo: rules.map { [program, "-w", "10", "-D"] + $0 + tag + ["-j", "ACCEPT"] },
                sentence: sentence)
        }
        let name = bridge.description
        insertions = Self.insertions(
            family, table, chain, hook: isInput ? "input" : hook.isEmpty ? "forward" : hook,
            program, name)
        let ufw = family == "ip6" ? "ufw6-user-" : "ufw-user-"
        switch (owner, isInput) {
        case (.docker, false):
            self.fix = fix(
                [["DOCKER-USER", "-i", name], ["DOCKER-USER", "-o", name]],
                "accepted in \(program) chain DOCKER-USER")
            remedy =
                "run \(program) -I DOCKER-USER -i \(name) -j ACCEPT and "
                + "\(program) -I DOCKER-USER -o \(name) -j ACCEPT"
        case (.ufw, false):
            self.fix = fix(
                [["\(ufw)forward", "-i", name], ["\(ufw)forward", "-o", name]], "forwarded by ufw")
            remedy = "run ufw route allow in on \(name) and ufw route allow out on \(name)"
        case (.ufw, true):
            let ports = ["-p", "udp", "-m", "multiport", "--dports", "53,67,547"]
            self.fix = fix(
                [
                    ["\(ufw)input", "-i", name] + ports,
                    ["\(ufw)input", "-i", name, "-p", "tcp", "--dport", "53"],
                ], "DHCP and DNS requests accepted by ufw")
            remedy =
                "run ufw allow in on \(name) to any port 67 proto udp and "
                + "ufw allow in on \(name) to any port 53"
        case (.firewalld, _) where isInZone:
            self.fix = nil
            remedy = "move \(name) to a firewalld zone that accepts its packets"
        case (.firewalld, _):
            let words = ["firewall-cmd", "--quiet", "--zone=trusted"]
            self.fix = Fix(
                apply: [words + ["--change-interface=\(name)"]],
                undo: [words + ["--remove-interface=\(name)"]],
                sentence: "in firewalld zone trusted")
            remedy =
                "run firewall-cmd --permanent --zone=trusted --add-interface=\(name) and "
                + "firewall-cmd --reload"
        case (.docker, true), (.unknown, _):
            self.fix = nil
            remedy =
                isInput && family != "arp" && family != "bridge"
                ? "accept UDP ports 53 and 67 and TCP port 53 from \(name) in this chain"
                : dropped.contains(.outward)
                    ? "accept packets from and to \(name) in this chain"
                    : "accept \(listed(dropped.map(\.text))) of \(name) in this chain"
        }
    }
    private static func insertions(
        _ family: String, _ table: String, _ chain: String, hook: String, _ program: String,
        _ bridge: String
    ) -> [[String]] {
        // The tables of iptables, which nft(8) must not change.
        let isIptables =
            ["filter", "raw", "mangle"].contains(table)
            && chain == hook.uppercased() && ["ip", "ip6"].contains(family)
        // The kernel knows the other interface only in some hooks.
        let hasIncoming = hook != "output" && hook != "postrouting"
        let hasOutgoing = hook != "input" && hook != "prerouting"
        guard hook == "input" else {
            let sides = [("-i", "iifname", hasIncoming), ("-o", "oifname", hasOutgoing)]
            return sides.filter(\.2).map { option, match, _ in
                isIptables
                    ? [
                        program, "-w", "10", "-t", table, "-I", chain, option, bridge, "-j",
                        "ACCEPT",
                    ] : ["nft", "insert", "rule", family, table, chain, match, bridge, "accept"]
            }
        }
        return [("udp", "67"), ("udp", "53"), ("tcp", "53")].map { transport, port in
            isIptables
                ? [
                    program, "-w", "10", "-t", table, "-I", chain, "-i", bridge, "-p", transport,
                    "--dport", port, "-j", "ACCEPT",
                ]
                : [
                    "nft", "insert", "rule", family, table, chain, "iifname", bridge, transport,
                    "dport", port, "accept",
                ]
        }
    }
}
