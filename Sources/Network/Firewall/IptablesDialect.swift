/// Rules for iptables-restore(8) and ip6tables-restore(8), with the bridge's name in a comment.
package struct IptablesDialect: Sendable {
    package enum Family: String, CaseIterable, Codable, Sendable {
        case ipv4 = "iptables"
        case ipv6 = "ip6tables"
    }

    /// A line of iptables-save(8), such as `-A CHAIN …`, and the table that it belongs to.
    package struct Line: Hashable, Codable, Sendable {
        package let table: String
        package let text: String
    }

    /// The comment on a network's rules.
    package static func tag(_ bridge: BridgeName) -> String { "berth-net:\(bridge)" }

    /// The steps that replace the present rules with the wanted ones, one transaction for each
    /// table.
    package static func steps(
        _ family: Family, adding wanted: [Line], removing present: [Line]
    ) -> [FirewallChange.Step] {
        ["raw", "mangle", "nat", "filter"].compactMap { table in
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
        // Insert the rules at the top of their chain, in order, so that other rules cannot take
        // precedence.
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

    /// The network's rules in the output of iptables-save(8).
    package static func lines(in saved: String, of bridge: BridgeName) -> [Line] {
        // iptables-save quotes a comment only if necessary.
        let tags = ["--comment \(tag(bridge)) ", "--comment \"\(tag(bridge))\" "]
        return lines(in: saved).filter { line in
            line.text.hasPrefix("-A ") && tags.contains { "\(line.text) ".contains($0) }
        }
    }

    /// The rules that LXC's lxc-net script adds for the bridge, except the masquerade rules.
    package static func lxcNetLines(in saved: String, of bridge: BridgeName) -> [Line] {
        let rules: [FirewallRules.Rule] = [
            .acceptInput(.udp, port: 53), .acceptInput(.tcp, port: 53),
            .acceptInput(.udp, port: 67), .acceptInput(.tcp, port: 67), .acceptFromBridge,
            .acceptToBridge, .fixDHCPChecksum,
        ]
        let lxcNet = Set(rules.flatMap { rendered($0, bridge, .ipv4) })
        return lines(in: saved).filter(lxcNet.contains)
    }

    /// The rule by which LXC's lxc-net script masquerades a range.
    package static func lxcNetTranslation(in saved: String, of range: String) -> [Line] {
        let text = "-A POSTROUTING -s \(range) ! -d \(range) -j MASQUERADE"
        return lines(in: saved).filter { $0.text == text }
    }

    static func lines(in saved: String) -> [Line] {
        var table = ""
        return saved.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("*") else { return Line(table: table, text: String(line)) }
            table = String(line.dropFirst())
            return nil
        }
    }

    /// - Parameter protectsOnly: whether to render only the rules whose
    ///   ``FirewallRules/Rule/protects`` is true.
    package static func rendered(
        _ rules: FirewallRules, for family: Family, protectsOnly: Bool = false
    ) -> [Line] {
        let comment = "-m comment --comment \(tag(rules.bridge)) "
        return rules.rules.filter { $0.protects || !protectsOnly }.flatMap {
            rendered($0, rules.bridge, family, comment: comment)
        }
    }

    private static func rendered(
        _ rule: FirewallRules.Rule, _ bridge: BridgeName, _ family: Family, comment: String = ""
    ) -> [Line] {
        func line(_ table: String, _ chain: String, _ match: String, _ target: String) -> Line {
            Line(table: table, text: "-A \(chain) \(match) \(comment)-j \(target)")
        }
        func port(_ transport: Forward.Transport, _ ports: String) -> String {
            "-p \(transport.rawValue) -m \(transport.rawValue) --dport \(ports)"
        }
        let isIPv6 = family == .ipv6
        guard rule.isIPv6 ?? isIPv6 == isIPv6 else { return [] }
        switch rule {
        case .acceptInput(let transport, let number):
            return [
                line("filter", "INPUT", "-i \(bridge) \(port(transport, "\(number)"))", "ACCEPT")
            ]
        // iptables does not match the destination of a frame.
        case .dropReservedGroups: return []
        case .close:
            return [
                line("filter", "INPUT", "-i \(bridge)", "DROP"),
                line("filter", "FORWARD", "-i \(bridge) ! -o \(bridge)", "DROP"),
                line("filter", "FORWARD", "! -i \(bridge) -o \(bridge)", "DROP"),
            ]
        case .closeTo(let other, _):
            return [
                line("filter", "FORWARD", "-i \(bridge) -o \(other)", "DROP"),
                line("filter", "FORWARD", "-i \(other) -o \(bridge)", "DROP"),
            ]
        case .dropTunnelTraffic:
            let matches = [port(.udp, "\(Tunnel.port)"), port(.tcp, "\(Tunnel.bgpPort)")]
            // For ``FirewallRules/Rule/dropReservedGroups``: hosts send each other unicast frames.
            let other = "\(matches[0]) -m pkttype ! --pkt-type unicast"
            let groups =
                isIPv6
                ? ["\(other) -m addrtype --dst-type LOCAL", "-d ff02::1 \(other)"]
                : ["\(other) -m addrtype --dst-type LOCAL,BROADCAST"]
            return groups.map { line("filter", "INPUT", $0, "DROP") }
                + ["INPUT", "FORWARD"].flatMap { chain in
                    matches.map { line("filter", chain, "-i \(bridge) \($0)", "DROP") }
                }
        case .dropShadows(let transport, let ports):
            // No table of iptables filters packets after their translation. A connection whose port
            // the kernel replaces gets one of these with a probability of less than 1 in 500.
            return ports.map {
                let match = "-i \(bridge) -p \(transport.rawValue) -m \(transport.rawValue) "
                return line(
                    "filter", "FORWARD",
                    match + "--sport \($0) -m conntrack --ctdir ORIGINAL", "DROP")
            }
        case .acceptQueries(let local, let clients, let number):
            return [Forward.Transport.udp, .tcp].flatMap { transport in
                let match = port(transport, "\(number)")
                return clients.map {
                    line("filter", "INPUT", "-s \($0) -d \(local) \(match)", "ACCEPT")
                } + [line("filter", "INPUT", "-d \(local) ! -i lo \(match)", "DROP")]
            }
        case .acceptNeighborDiscovery:
            let match = "-i \(bridge) -p ipv6-icmp -m icmp6 --icmpv6-type"
            return [133, 135, 136].map { line("filter", "INPUT", "\(match) \($0)", "ACCEPT") }
        case .dropUnroutedSources:
            // The rpfilter module itself accepts packets without a source address.
            return [line("raw", "PREROUTING", "-i \(bridge) -m rpfilter --invert", "DROP")]
        // ``AddressFilter`` needs nft, and so do networks with this rule.
        case .dropOtherSources: return []
        case .separate(let other):
            return [(bridge, other), (other, bridge)].map { from, to in
                let match = "-i \(from) -o \(to) -m conntrack ! --ctstate DNAT"
                return line("filter", "FORWARD", match, "DROP")
            }
        case .isolate:
            let match = "-i \(bridge) -o \(bridge) -m conntrack ! --ctstate DNAT"
            return [line("filter", "FORWARD", match, "DROP")]
        case .acceptFromBridge: return [line("filter", "FORWARD", "-i \(bridge)", "ACCEPT")]
        case .acceptToBridge: return [line("filter", "FORWARD", "-o \(bridge)", "ACCEPT")]
        case .acceptToBridgeFrom(let uplinks):
            let state = "-m conntrack --ctstate RELATED,ESTABLISHED,DNAT"
            return uplinks.map { line("filter", "FORWARD", "-i \($0) -o \(bridge)", "ACCEPT") } + [
                line("filter", "FORWARD", "-o \(bridge) \(state)", "ACCEPT"),
                line("filter", "FORWARD", "-o \(bridge)", "DROP"),
            ]
        case .refuseConnections(let other):
            let state = "-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT"
            return [line("filter", "FORWARD", "-i \(bridge) -o \(other) \(state)", "DROP")]
        case .masquerade(let range, let others, let excepted):
            // A rule cannot exclude more than one interface or range. Hairpin NAT, which leaves
            // through the bridge, is not excepted.
            return others.map {
                line("nat", "POSTROUTING", "-s \(range.text) -o \($0)", "ACCEPT")
            }
                + excepted.map {
                    let match = "-s \(range.text) -d \($0.text) ! -o \(bridge)"
                    return line("nat", "POSTROUTING", match, "ACCEPT")
                } + [
                    line(
                        "nat", "POSTROUTING", "-s \(range.text) ! -d \(range.text)", "MASQUERADE")
                ]
        case .fixDHCPChecksum:
            let match = "-o \(bridge) \(port(.udp, "68"))"
            return [line("mangle", "POSTROUTING", match, "CHECKSUM --checksum-fill")]
        case .forward(let forward):
            let host =
                forward.listens.map { "-d \($0.text)" }
                ?? "! -d \(forward.loopback) -m addrtype --dst-type LOCAL"
            let match = "\(host) \(port(forward.transport, forward.ports(to: ":")))"
            return ["PREROUTING", "OUTPUT"].map {
                line("nat", $0, match, "DNAT --to-destination \(forward.translation)")
            }
        case .hairpin(let forward, let range):
            let match =
                "-s \(range.text) -d \(forward.target.text) "
                + "\(port(forward.transport, forward.targetPorts(to: ":"))) "
                + "-m conntrack --ctstate DNAT"
            return [line("nat", "POSTROUTING", match, "MASQUERADE")]
        }
    }
}
