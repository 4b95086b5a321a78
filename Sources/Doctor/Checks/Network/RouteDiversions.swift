internal import Linux
internal import Netlink
internal import Network

/// Rules of the routing policy (ip-rule(8)) that send packets of containers, or the answers, where
/// the other routes of this host would not.
enum RouteDiversions {
    /// Answers of this host, which have the address of the bridge.
    static func answers(_ routes: RouteFacts, _ bridge: String, _ facts: Facts) -> Finding? {
        guard case .sent(let index)? = routes.answers, let name = routes.names[index.number],
            name != bridge
        else { return nil }
        return finding(
            bridge,
            "answers of this host to containers, such as those of dnsmasq, leave through \(name) "
                + "instead of \(bridge)",
            rules(routes.isIPv6, facts) { $0.source != nil || $0.target != nil })
    }

    /// Packets of containers to the Internet.
    static func outward(
        _ routes: RouteFacts, _ bridge: String, _ range: String, _ facts: Facts
    ) -> Finding? {
        if case .sent(let index) = routes.outward, let name = routes.names[index.number],
            name == bridge || name == "lo"
        {
            return finding(
                bridge,
                "packets from \(range) to the Internet are sent to \(name), and so reach nothing",
                rules(routes.isIPv6, facts) { $0.source != nil || !$0.incoming.isEmpty })
        }
        for (port, decision) in routes.web.sorted(by: { $0.key < $1.key }) {
            guard case .refused(let errno) = decision else { continue }
            return finding(
                bridge,
                "connections from \(range) to TCP port \(port) are refused by a rule for this "
                    + "port: \(errno.description)",
                rules(routes.isIPv6, facts, \.isOfProtocol))
        }
        return nil
    }

    /// Replies from the Internet.
    static func inward(
        _ decision: RouteDecision, _ routes: RouteFacts, _ bridge: String, _ range: String,
        _ facts: Facts
    ) -> Finding? {
        guard case .sent(let index) = decision, let name = routes.names[index.number],
            name != bridge
        else { return nil }
        return finding(
            bridge,
            "replies to \(range) that arrive through \(routes.uplink ?? "the uplink") leave "
                + "through \(name) instead of \(bridge)",
            rules(routes.isIPv6, facts) { !$0.incoming.isEmpty || $0.source != nil })
    }

    /// The rules of an administrator or a program that can be the cause.
    private static func rules(
        _ isIPv6: Bool, _ facts: Facts, _ canDivert: (RoutingRule) -> Bool
    ) -> [RoutingRule] {
        // The kernel's own rules look up the tables local, main and default.
        let all = facts.packetPath.rules.filter {
            $0.isIPv6 == isIPv6 && ![0, 32766, 32767].contains($0.priority)
        }.sorted { $0.priority < $1.priority }
        let likely = all.filter(canDivert)
        return likely.isEmpty ? all : likely
    }

    private static func finding(
        _ bridge: String, _ message: String, _ rules: [RoutingRule]
    ) -> Finding {
        let program = rules.first?.isIPv6 ?? false ? "ip -6" : "ip"
        guard rules.count == 1, let rule = rules.first else {
            let priorities = rules.prefix(8).map { "\($0.priority)" }
            return .problem(
                bridge,
                message
                    + (priorities.isEmpty
                        ? "" : ": examine the rules with priority \(listed(priorities))"),
                .advice("examine \(program) rule, and the tables that it names"))
        }
        return .problem(
            bridge,
            message + ": the rule with priority \(rule.priority) (\(program) rule) selects them",
            .advice(
                "exempt the range of \(bridge) with a rule of a lower number that looks up the "
                    + "table main; or remove the rule:"),
            .command("\(program) rule del priority \(rule.priority)", by: .root))
    }
}
