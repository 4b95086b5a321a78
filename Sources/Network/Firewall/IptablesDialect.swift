/// The rules for iptables-restore(8) and its IPv6 sister, each with a comment that says whose it is.
package struct IptablesDialect: Sendable {
    package enum Family: String, CaseIterable, Codable, Sendable {
        case ipv4 = "iptables"
        case ipv6 = "ip6tables"
    }

    /// A rule in its place, in the words of iptables-save: `-A CHAIN …`.
    package struct Line: Hashable, Codable, Sendable {
        package let table: String
        package let text: String
    }

    /// The comment by which the rules of a network are found.
    package static func tag(_ bridge: BridgeName) -> String { "berth-net:\(bridge)" }

    /// Puts a network's rules in the place of those of its that are there, table by table.
    package static func steps(
        _ family: Family, adding wanted: [Line], removing present: [Line]
    ) -> [FirewallChange.Step] {
        ["mangle", "nat", "filter"].compactMap { table in
            let old = present.filter { $0.table == table }
            let new = wanted.filter { $0.table == table }
            guard !old.isEmpty || !new.isEmpty else { return nil }
            return FirewallChange.Step(
                tool: .iptables(family), apply: script(table, adding: new, removing: old),
                undo: script(table, adding: old, removing: new))
        }
    }

    private static func script(
        _ table: String, adding new: [Line], removing old: [Line]
    ) -> String {
        var script = "*\(table)\n"
        script += old.map { "-D" + $0.text.dropFirst(2) + "\n" }.joined()
        // At the top, in their order: what somebody wrote below cannot take precedence.
        var position: [Substring: Int] = [:]
        for line in new {
            let words = line.text.split(separator: " ", maxSplits: 2)
            guard words.count == 3 else { continue }
            let number = position[words[1], default: 0] + 1
            position[words[1]] = number
            script += "-I \(words[1]) \(number) \(words[2])\n"
        }
        return script + "COMMIT\n"
    }

    /// The lines of iptables-save that belong to the network.
    package static func lines(in saved: String, of bridge: BridgeName) -> [Line] {
        // With quotes as iptables-save writes them where it needs any, and without.
        let tags = ["--comment \(tag(bridge)) ", "--comment \"\(tag(bridge))\" "]
        return lines(in: saved) { line in tags.contains { "\(line) ".contains($0) } }
    }

    /// The lines that lxc-net itself leaves for such a bridge, as iptables-save shows them.
    package static func stockLines(
        in saved: String, of bridge: BridgeName
    ) -> [Line] {
        let inputs = ["udp", "tcp"].flatMap { transport in
            [53, 67].map {
                "-A INPUT -i \(bridge) -p \(transport) -m \(transport) --dport \($0) -j ACCEPT"
            }
        }
        let exact = Set(
            inputs + [
                "-A FORWARD -i \(bridge) -j ACCEPT", "-A FORWARD -o \(bridge) -j ACCEPT",
                "-A POSTROUTING -o \(bridge) -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill",
            ])
        return lines(in: saved) { exact.contains($0) }
    }

    /// The line by which lxc-net translates a range.
    package static func stockTranslation(in saved: String, of range: String) -> [Line] {
        lines(in: saved) { $0 == "-A POSTROUTING -s \(range) ! -d \(range) -j MASQUERADE" }
    }

    private static func lines(in saved: String, where isWanted: (String) -> Bool) -> [Line] {
        var table = ""
        var lines: [Line] = []
        for line in saved.split(separator: "\n").map(String.init) {
            if line.hasPrefix("*") {
                table = String(line.dropFirst())
            } else if line.hasPrefix("-A "), isWanted(line) {
                lines.append(Line(table: table, text: line))
            }
        }
        return lines
    }

    package static func rendered(_ rules: FirewallRules, for family: Family) -> [Line] {
        let comment = "-m comment --comment \(tag(rules.bridge))"
        return rules.rules.flatMap { rule in
            rendered(rule, rules.bridge, family).map {
                Line(table: $0.table, text: "-A \($0.chain) \($0.match) \(comment) -j \($0.target)")
            }
        }
    }

    private typealias Rendered = (table: String, chain: String, match: String, target: String)

    private static func rendered(
        _ rule: FirewallRules.Rule, _ bridge: BridgeName, _ family: Family
    ) -> [Rendered] {
        switch rule {
        case .serve(let transport, let port):
            let name = transport.rawValue
            return [
                ("filter", "INPUT", "-i \(bridge) -p \(name) -m \(name) --dport \(port)", "ACCEPT")
            ]
        case .serveIPv6Discovery:
            guard family == .ipv6 else { return [] }
            return [133, 135, 136].map {
                (
                    "filter", "INPUT", "-i \(bridge) -p ipv6-icmp -m icmp6 --icmpv6-type \($0)",
                    "ACCEPT"
                )
            }
        case .keepApart:
            return [
                (
                    "filter", "FORWARD",
                    "-i \(bridge) -o \(bridge) -m conntrack ! --ctstate DNAT", "DROP"
                )
            ]
        case .passOutwards: return [("filter", "FORWARD", "-i \(bridge)", "ACCEPT")]
        case .passInwards: return [("filter", "FORWARD", "-o \(bridge)", "ACCEPT")]
        case .translate(let range):
            guard let prefix = range.text(for: family) else { return [] }
            return [("nat", "POSTROUTING", "-s \(prefix) ! -d \(prefix)", "MASQUERADE")]
        case .clearDHCPChecksum:
            guard family == .ipv4 else { return [] }
            return [
                (
                    "mangle", "POSTROUTING", "-o \(bridge) -p udp -m udp --dport 68",
                    "CHECKSUM --checksum-fill"
                )
            ]
        case .forward(let forward):
            guard forward.isIPv6 == (family == .ipv6) else { return [] }
            return rendered(forward)
        case .returnOverHost(let forward, let range):
            guard forward.isIPv6 == (family == .ipv6), let prefix = range.text(for: family) else {
                return []
            }
            let name = forward.transport.rawValue
            return [
                (
                    "nat", "POSTROUTING",
                    "-s \(prefix) -d \(forward.target.text) -p \(name) -m \(name) "
                        + "--dport \(ports(forward.targetPort, or: forward)) "
                        + "-m conntrack --ctstate DNAT",
                    "MASQUERADE"
                )
            ]
        }
    }

    private static func rendered(_ forward: Forward) -> [Rendered] {
        let name = forward.transport.rawValue
        let loopback = forward.isIPv6 ? "::1/128" : "127.0.0.0/8"
        let host =
            forward.listens.map { "-d \($0.text)" }
            ?? "! -d \(loopback) -m addrtype --dst-type LOCAL"
        let match = "\(host) -p \(name) -m \(name) --dport \(ports(nil, or: forward))"
        let port = forward.targetPort.map { ":\($0)" } ?? ""
        let address =
            forward.isIPv6 && forward.targetPort != nil
            ? "[\(forward.target.text)]" : forward.target.text
        return ["PREROUTING", "OUTPUT"].map {
            ("nat", $0, match, "DNAT --to-destination \(address)\(port)")
        }
    }

    private static func ports(_ single: UInt16?, or forward: Forward) -> String {
        if let single { return "\(single)" }
        return forward.first == forward.last
            ? "\(forward.first)" : "\(forward.first):\(forward.last)"
    }
}

extension FirewallRules.Range {
    fileprivate func text(for family: IptablesDialect.Family) -> String? {
        switch (self, family) {
        case (.ipv4(let prefix), .ipv4): prefix.description
        case (.ipv6(let prefix), .ipv6): prefix.description
        default: nil
        }
    }
}
