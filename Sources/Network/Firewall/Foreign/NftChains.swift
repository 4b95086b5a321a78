internal import FoundationEssentials

extension FirewallChains {
    /// Parses the output of `nft -j list ruleset`. Invalid JSON counts as an empty ruleset.
    /// - Parameter devices: the interfaces of chains whose listing as JSON does not name them.
    /// - Parameter sets: the elements of named sets and maps, which the ruleset does not include.
    init(
        ruleset: [UInt8], devices: [Name: [String]] = [:], sets: NftSets = NftSets()
    ) {
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
                var rules = Rule.all(
                    nft: rule["expr"]?.items ?? [], sets.ofTable(name.family, name.table))
                if case .number(let handle)? = rule["handle"], let handle = Int(exactly: handle) {
                    for index in rules.indices {
                        rules[index].position = FirewallRulePosition(
                            chain: name.chain, number: handle, isIptables: false,
                            sets: NftSets.names(in: rule))
                    }
                }
                chains[name, default: Chain()].rules += rules
            }
        }
        numberRulesOfIptables()
    }

    /// iptables(8) names a rule of its tables by its number in the chain.
    private mutating func numberRulesOfIptables() {
        let hooks = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]
        func table(_ name: Name) -> Name { Name(family: name.family, table: name.table, chain: "") }
        let tables = Set(
            chains.keys.filter { ["ip", "ip6"].contains($0.family) && hooks.contains($0.chain) }
                .map(table))
        for name in chains.keys where tables.contains(table(name)) {
            let rules = chains[name]?.rules ?? []
            // The rules of a verdict map have the same handle, but iptables creates none.
            for (index, rule) in rules.enumerated() where rule.position != nil {
                chains[name]?.rules[index].position = FirewallRulePosition(
                    chain: name.chain, number: index + 1, isIptables: true)
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
    /// - Parameter sets: the elements of the sets of the table, by name.
    fileprivate static func all(nft steps: [JSON], _ sets: [String: [JSON]]) -> [Self] {
        var rule = Self()
        for step in steps {
            if let match = step["match"] {
                rule.matches.append(.init(nft: match, sets))
            } else if let verdict = verdict(step) {
                rule.verdict = verdict
            } else if let map = step["vmap"] {
                return elements(of: map, sets).compactMap { key, value in
                    var one = rule
                    if key.text != "*", let left = map["key"] {
                        one.matches.append(.init(left: left, right: [key]))
                    }
                    one.verdict = verdict(value)
                    return one
                }
            } else if step["notrack"] != nil {
                rule.untracks = true
            } else if let change = step["mangle"] {
                guard change["key"]?["meta"]?["key"]?.text == "mark",
                    case .number(let mark)? = change["value"]
                else { continue }
                rule.mark = UInt32(exactly: mark)
            } else if !transparent.contains(where: { step[$0] != nil }) {
                // A limit, or an iptables module: the packet may not match.
                rule.matches.append(.init(criterion: .unknown))
            }
        }
        return [rule]
    }

    /// Statements after which a rule continues. `set` adds an element to a set.
    private static let transparent = ["counter", "log", "set", "comment"]

    /// The keys and verdicts of a verdict map. The element for all other keys is last.
    private static func elements(
        of map: JSON, _ sets: [String: [JSON]]
    ) -> [(key: JSON, value: JSON)] {
        let data = map["data"]
        let named = data?.text.flatMap { $0.hasPrefix("@") ? sets[String($0.dropFirst())] : nil }
        let pairs = (named ?? data?["set"]?.items ?? []).compactMap { member in
            member.items.flatMap { $0.count == 2 ? ($0[0].element, $0[1]) : nil }
        }
        return pairs.filter { $0.0.text != "*" } + pairs.filter { $0.0.text == "*" }
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
