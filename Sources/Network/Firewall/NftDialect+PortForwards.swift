extension NftDialect {
    /// The rules for the forwards.
    ///
    /// Forwards of single ports share a rule with a map: the kernel looks the port up instead of
    /// comparing it with each rule, and nft(8) loads and lists 200 forwards in a quarter of the
    /// time.
    static func portForwards(_ rules: [FirewallRules.Rule]) -> [(chain: Chain, text: String)] {
        var translations = SharedRules()
        var hairpins = SharedRules()
        for rule in rules {
            let family = rule.isIPv6 ?? false ? "ip6" : "ip"
            switch rule {
            case .forward(let forward):
                let host =
                    forward.listens.map { "\(family) daddr \($0.text)" }
                    ?? "\(family) daddr != \(forward.loopback) fib daddr type local"
                let ports = "\(forward.transport.rawValue) dport"
                if forward.first == forward.last {
                    let port = forward.targetPort ?? forward.first
                    translations.add(
                        "\(forward.first) : \(forward.target.text) . \(port)",
                        to: "\(host) dnat \(family) to \(ports) map")
                } else {
                    translations.add(
                        "\(host) \(ports) \(forward.ports(to: "-")) dnat \(family) to "
                            + forward.translation)
                }
            case .hairpin(let forward, let range):
                let source = "\(family) saddr \(range.text) \(family) daddr"
                let ports = forward.targetPorts(to: "-")
                let transport = forward.transport.rawValue
                if forward.first == forward.last {
                    hairpins.add(
                        "\(forward.target.text) . \(ports)", to: "\(source) . \(transport) dport")
                } else {
                    // This is a rule, because the elements of the set must not overlap.
                    hairpins.add("\(source) \(forward.target.text) \(transport) dport \(ports)")
                }
            default: break
            }
        }
        guard !translations.texts.isEmpty else { return [] }
        return [(.prerouting, "jump port_forwards"), (.output, "jump port_forwards")]
            + translations.texts.map { (.portForwards, $0) }
            + hairpins.texts.map { (.postrouting, "\($0) ct status & dnat == dnat masquerade") }
    }
}

/// Rules that end with a map or a set, to which elements are added.
private struct SharedRules {
    private var rules: [(text: String, elements: [String])] = []
    private var positions: [String: Int] = [:]

    mutating func add(_ element: String, to rule: String) {
        if let position = positions[rule] {
            // Two forwards can lead to the same port.
            guard !rules[position].elements.contains(element) else { return }
            rules[position].elements.append(element)
        } else {
            positions[rule] = rules.count
            rules.append((rule, [element]))
        }
    }

    mutating func add(_ rule: String) { rules.append((rule, [])) }

    var texts: [String] {
        rules.map { rule, elements in
            elements.isEmpty ? rule : "\(rule) { \(elements.joined(separator: ", ")) }"
        }
    }
}
