internal import FoundationEssentials

extension FirewallChains {
    /// Parses the output of `nft -j list ruleset`. Invalid JSON counts as an empty ruleset.
    /// - Parameter devices: the interfaces of chains whose listing as JSON does not name them.
    init(ruleset: [UInt8], devices: [Name: [String]] = [:]) {
        let root = try? JSONDecoder().decode(JSON.self, from: Data(ruleset))
        var handles: [Name: Int] = [:]
        for item in root?["nftables"]?.items ?? [] {
            if let table = item["table"], let name = Self.name(table, "name", of: "name") {
                if case .number(let number)? = table["handle"] {
                    handles[name] = Int(exactly: number)
                }
            } else if let chain = item["chain"], let name = Self.name(chain, "name") {
                var made = chains[name] ?? Chain()
                made.hook = chain["hook"]?.text
                made.type = chain["type"]?.text
                made.handle =
                    handles[Name(family: name.family, table: name.table, chain: name.table)] ?? 0
                made.dropsByPolicy = chain["policy"]?.text == "drop"
                if case .number(let number)? = chain["prio"] {
                    made.priority = Int(exactly: number) ?? 0
                }
                let listed = chain["dev"].map { ($0.items ?? [$0]).compactMap(\.text) } ?? []
                made.devices = listed.isEmpty ? devices[name] ?? [] : listed
                chains[name] = made
            } else if let rule = item["rule"], let name = Self.name(rule, "chain") {
                chains[name, default: Chain()].rules += Rule.all(nft: rule["expr"]?.items ?? [])
            }
        }
    }

    private static func name(
        _ item: JSON, _ key: String, of table: String = "table"
    ) -> Name? {
        guard let family = item["family"]?.text, let table = item[table]?.text,
            let chain = item[key]?.text
        else { return nil }
        return Name(family: family, table: table, chain: chain)
    }
}

extension FirewallChains.Rule {
    /// A verdict map becomes one rule for each of its elements.
    fileprivate static func all(nft steps: [JSON]) -> [Self] {
        var rule = Self()
        for step in steps {
            if let match = step["match"] {
                rule.matches.append(
                    .init(
                        left: match["left"] ?? .null, right: match["right"] ?? .null,
                        isNegated: match["op"]?.text == "!="))
            } else if let verdict = verdict(step) {
                rule.verdict = verdict
            } else if let map = step["vmap"] {
                return (map["data"]?["set"]?.items ?? []).compactMap { member in
                    guard let pair = member.items, pair.count == 2, let key = map["key"] else {
                        return nil
                    }
                    var one = rule
                    one.matches.append(.init(left: key, right: pair[0], isNegated: false))
                    one.verdict = verdict(pair[1])
                    return one
                }
            } else if step["notrack"] != nil {
                rule.untracks = true
            } else if let change = step["mangle"] {
                guard change["key"]?["meta"]?["key"]?.text == "mark",
                    case .number(let mark)? = change["value"]
                else { continue }
                rule.mark = UInt32(exactly: mark)
            } else if !["counter", "log"].contains(where: { step[$0] != nil }) {
                // A limit, or an iptables module: the packet may not match.
                rule.matches.append(.init(criterion: .unknown))
            }
        }
        return [rule]
    }

    private static func verdict(_ step: JSON) -> FirewallChains.Verdict? {
        if step["accept"] != nil { return .accept }
        if step["drop"] != nil || step["reject"] != nil { return .drop }
        if let translation = translation(step) { return .translate(translation) }
        if step["return"] != nil { return .returnToCaller }
        if let target = step["jump"]?["target"]?.text { return .jump(target) }
        return step["goto"]?["target"]?.text.map { .goto($0) }
    }
}

extension FirewallChains.Rule {
    private static func translation(_ step: JSON) -> FirewallChains.Translation? {
        func address(_ statement: JSON) -> IPv4Address? {
            statement["addr"]?.text.flatMap { IPv4Address($0) }
        }
        if let statement = step["snat"] {
            return .init(isOfSource: true, address: address(statement))
        }
        if let statement = step["dnat"] {
            return .init(isOfSource: false, address: address(statement))
        }
        if step["masquerade"] != nil { return .init(isOfSource: true, isToThisHost: true) }
        if step["redirect"] != nil { return .init(isOfSource: false, isToThisHost: true) }
        return nil
    }
}

extension FirewallChains.Match {
    fileprivate init(left: JSON, right: JSON, isNegated: Bool) {
        criterion = Self.criterion(left, right["set"]?.items ?? right.items ?? [right])
        self.isNegated = isNegated
    }

    private static func criterion(_ left: JSON, _ right: [JSON]) -> Criterion {
        let names = right.compactMap(\.text)
        // The listing does not include the elements of a named set.
        let isPlain = names.count == right.count && !names.contains { $0.hasPrefix("@") }
        if let key = left["meta"]?["key"]?.text, isPlain {
            switch key {
            case "iifname", "iif": return .incoming(names)
            case "oifname", "oif": return .outgoing(names)
            case "l4proto": return .transport(Set(names))
            case "protocol": return .frame(Set(names))
            case "ibrname", "obrname": return .bridge(names)
            // `local` and `broadcast` of fib are called `host` and `broadcast` here.
            case "pkttype":
                return .destination(Set(names.map { $0 == "host" ? "local" : $0 }))
            case "nfproto" where names.count == 1:
                return .family(names[0] == "ipv6" ? "ip6" : "ip")
            default: return .unknown
            }
        }
        if let key = left["ct"]?["key"]?.text, isPlain, key == "state" || key == "status" {
            return .connection(Set(names))
        }
        if let fib = left["fib"], fib["result"]?.text == "type", isPlain,
            fib["flags"]?.items?.contains(where: { $0.text == "daddr" }) ?? false
        {
            return .destination(Set(names))
        }
        guard let payload = left["payload"], let transport = payload["protocol"]?.text else {
            return .unknown
        }
        let field = payload["field"]?.text
        if field == "dport" || field == "sport" {
            let ranges = right.compactMap(\.ports)
            guard ranges.count == right.count, ["tcp", "udp", "th"].contains(transport) else {
                return .unknown
            }
            return .ports(ranges, ofSource: field == "sport", transport)
        }
        if transport == "ip", field == "saddr" || field == "daddr" {
            let ranges = right.compactMap(\.addresses)
            guard ranges.count == right.count else { return .ofIPv4 }
            return field == "saddr" ? .source(ranges) : .target(ranges)
        }
        if isPlain {
            let words = Set(names.map { $0.lowercased() })
            switch (transport, field) {
            case ("ip", "protocol"): return .transport(words)
            case ("icmp", "type"): return .message(words)
            case ("ether", "type"): return .frame(words)
            case ("ether", "saddr"): return .hardwareSource(words)
            case ("ether", "daddr"): return .hardwareTarget(words)
            case ("arp", "operation"): return .frame(["arp"])
            default: break
            }
        }
        if transport == "ip" { return .ofIPv4 }
        return transport == "ip6" || transport == "icmpv6" ? .ofIPv6 : .unknown
    }
}

extension JSON {
    /// An IPv4 address, a prefix or a range.
    fileprivate var addresses: ClosedRange<IPv4Address>? {
        if let text { return IPv4Address(text).map { $0...$0 } }
        if let prefix = self["prefix"], let address = prefix["addr"]?.text,
            case .number(let length)? = prefix["len"], let length = Int(exactly: length)
        {
            return IPv4Address(address).map { Prefix(of: $0, length: length).range }
        }
        guard let ends = self["range"]?.items, ends.count == 2,
            let first = ends[0].text.flatMap({ IPv4Address($0) }),
            let last = ends[1].text.flatMap({ IPv4Address($0) }), first <= last
        else { return nil }
        return first...last
    }

    /// A port or a range of ports.
    fileprivate var ports: ClosedRange<Int>? {
        switch self {
        case .number(let port): return Int(exactly: port).map { $0...$0 }
        default:
            guard let ends = self["range"]?.items, ends.count == 2,
                case .number(let low) = ends[0], case .number(let high) = ends[1],
                let first = Int(exactly: low), let last = Int(exactly: high), first <= last
            else { return nil }
            return first...last
        }
    }
}
