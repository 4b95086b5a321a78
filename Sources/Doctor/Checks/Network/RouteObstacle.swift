internal import Linux
internal import Netlink
internal import Network

/// A route or a rule that refuses packets, and how to remove it.
struct RouteObstacle: Equatable, Sendable {
    let sentence: String
    let fixes: [Fix]

    /// Finds what refuses a packet.
    /// - Parameter source: the address of a container; `nil` for a packet of this host.
    /// - Parameter incoming: the bridge that receives it; `nil` for a packet of this host.
    static func find(
        toward destination: [UInt8], from source: [UInt8]?, through incoming: String?,
        _ facts: PacketPathFacts
    ) -> RouteObstacle? {
        // The kernel is asked about packets of UDP, if no protocol is named.
        [false, true].lazy.compactMap {
            find(toward: destination, from: source, through: incoming, facts, ofProtocol: $0)
        }.first
    }

    private static func find(
        toward destination: [UInt8], from source: [UInt8]?, through incoming: String?,
        _ facts: PacketPathFacts, ofProtocol: Bool
    ) -> RouteObstacle? {
        let isIPv6 = destination.count == 16
        for rule in facts.rules.sorted(by: { $0.priority < $1.priority })
        where rule.isIPv6 == isIPv6 && !rule.hasOtherConditions && rule.isOfProtocol == ofProtocol
            && matches(rule, source, destination, incoming)
        {
            switch rule.action {
            case .refuse(let kind): return RouteObstacle(rule, kind)
            case .lookUp(let table):
                let route = facts.refusingRoutes.filter {
                    $0.table == table && $0.destination.count == destination.count
                        && IPRange(of: $0.destination, length: $0.prefixLength)
                            .contains(destination)
                }.max { $0.prefixLength < $1.prefixLength }
                if let route { return RouteObstacle(route) }
            case .other: continue
            }
        }
        return nil
    }

    private static func matches(
        _ rule: RoutingRule, _ source: [UInt8]?, _ destination: [UInt8], _ incoming: String?
    ) -> Bool {
        if let range = rule.target,
            !IPRange(of: range.address, length: range.prefixLength).contains(destination)
        {
            return false
        }
        if let range = rule.source {
            guard let source,
                IPRange(of: range.address, length: range.prefixLength).contains(source)
            else { return false }
        }
        return rule.incoming.isEmpty || incoming.map { rule.incoming == Array($0.utf8) } ?? false
    }

    private init(_ route: RefusingRoute) {
        let range = IPRange(of: route.destination, length: route.prefixLength).description
        let table = route.table == Self.mainTable ? "" : " table \(route.table)"
        // The kernel reports 1024 for an IPv6 route without a metric.
        let metric = route.metric == 0 ? "" : " metric \(route.metric)"
        sentence = "the route \"\(route.kind.word) \(range)\(table)\" rejects the packets"
        fixes = [
            .command(
                Self.program(isIPv6: route.destination.count == 16)
                    + " route del \(route.kind.word) \(range)\(table)\(metric)", by: .root)
        ]
    }

    private init(_ rule: RoutingRule, _ kind: RefusingRoute.Kind) {
        sentence =
            "the routing rule with priority \(rule.priority) (\(kind.word)) rejects the packets"
        fixes = [
            .command(
                Self.program(isIPv6: rule.isIPv6) + " rule del priority \(rule.priority)",
                by: .root)
        ]
    }

    static let mainTable: UInt32 = 254

    private static func program(isIPv6: Bool) -> String { isIPv6 ? "ip -6" : "ip" }
}
