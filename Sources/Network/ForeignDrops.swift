internal import FoundationEssentials

/// The chains of a live ruleset, as `nft -j list ruleset` tells them, that throw packets away.
package struct ForeignDrops: Sendable {
    private var chains: [ChainName: Chain] = [:]

    private struct ChainName: Hashable {
        let family: String
        let table: String
        let chain: String
    }

    private struct Chain {
        var hook: String?
        var policy: String?
        var rules: [[JSON]] = []
    }

    /// - Parameter ruleset: what cannot be understood counts as empty.
    package init(_ ruleset: [UInt8]) {
        let root = try? JSONDecoder().decode(JSON.self, from: Data(ruleset))
        for item in root?["nftables"]?.items ?? [] {
            if let chain = item["chain"], let name = Self.name(chain, "name") {
                chains[name, default: Chain()].hook = chain["hook"]?.text
                chains[name, default: Chain()].policy = chain["policy"]?.text
            } else if let rule = item["rule"], let name = Self.name(rule, "chain") {
                chains[name, default: Chain()].rules.append(rule["expr"]?.items ?? [])
            }
        }
    }

    private static func name(_ item: JSON, _ key: String) -> ChainName? {
        guard let family = item["family"]?.text, let table = item["table"]?.text,
            let chain = item[key]?.text
        else { return nil }
        return ChainName(family: family, table: table, chain: chain)
    }

    /// For each network the chains that its packets would not pass.
    package func found(for networks: [WantedNetwork]) -> [BridgeName: [ForeignFirewall]] {
        var found: [BridgeName: [ForeignFirewall]] = [:]
        let own = Set(networks.map { "berth_\($0.bridge)" } + ["lxc"])
        let names = chains.keys.sorted {
            ($0.family, $0.table, $0.chain) < ($1.family, $1.table, $1.chain)
        }
        for name in names where !own.contains(name.table) {
            guard let hook = chains[name]?.hook, hook == "forward" || hook == "input",
                throwsAway(name)
            else { continue }
            for network in networks {
                if name.family == "ip6", network.ipv6 == nil { continue }
                guard
                    !["ip", "ip6", "inet"].contains(name.family)
                        || !accepts(network.bridge.description, in: name, isInput: hook == "input")
                else { continue }
                found[network.bridge, default: []].append(
                    ForeignFirewall(
                        owner(of: name), family: name.family, table: name.table, chain: name.chain,
                        isInput: hook == "input", bridge: network.bridge))
            }
        }
        // One word to firewalld is good for all its chains.
        return found.mapValues { firewalls in
            var hasFirewalld = false
            return firewalls.filter {
                guard $0.owner == .firewalld else { return true }
                defer { hasFirewalld = true }
                return !hasFirewalld
            }
        }
    }

    private func owner(of name: ChainName) -> ForeignFirewall.Owner {
        if name.table == "firewalld" { return .firewalld }
        let siblings = chains.keys.filter { $0.family == name.family && $0.table == name.table }
        if siblings.contains(where: { $0.chain.hasPrefix("ufw") }) { return .ufw }
        if siblings.contains(where: { $0.chain == "DOCKER-USER" }) { return .docker }
        return .unknown
    }

    /// By its policy, or by a rule at its end that every packet meets.
    private func throwsAway(_ name: ChainName) -> Bool {
        guard let chain = chains[name] else { return false }
        if chain.policy == "drop" { return true }
        guard let last = chain.rules.last else { return false }
        let isUnconditional = last.allSatisfy { $0["match"] == nil && $0["xt"] == nil }
        return isUnconditional && last.contains { $0["drop"] != nil || $0["reject"] != nil }
    }

    /// Whether a rule for the bridge accepts, in that chain or one that it leads to.
    private func accepts(_ bridge: String, in name: ChainName, isInput: Bool) -> Bool {
        var waiting = [name.chain]
        var seen: Set<String> = []
        var directions: Set<String> = []
        while let chain = waiting.popLast() {
            guard seen.insert(chain).inserted else { continue }
            let place = ChainName(family: name.family, table: name.table, chain: chain)
            for rule in chains[place]?.rules ?? [] {
                for step in rule {
                    if let next = step["jump"]?["target"]?.text ?? step["goto"]?["target"]?.text {
                        waiting.append(next)
                    }
                }
                guard rule.contains(where: { $0["accept"] != nil || $0["goto"] != nil }) else {
                    continue
                }
                for step in rule {
                    guard let key = step["match"]?["left"]?["meta"]?["key"]?.text,
                        step["match"]?["op"]?.text == "==",
                        step["match"]?["right"]?.text == bridge
                    else { continue }
                    directions.insert(key)
                }
            }
        }
        return directions.contains("iifname") && (isInput || directions.contains("oifname"))
    }
}

/// A value of JSON whose shape is somebody else's affair.
enum JSON: Decodable, Sendable {
    case object([String: JSON])
    case array([JSON])
    case string(String)
    case number(Double)
    case truth(Bool)
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode([String: JSON].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .truth(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .null
        }
    }

    /// A member of an object; also one whose value is null, as nft writes a verdict.
    subscript(_ key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var items: [JSON]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}
