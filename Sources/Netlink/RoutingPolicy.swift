internal import CNetlink
internal import Linux

/// A route that refuses packets: `blackhole`, `unreachable` or `prohibit`.
package struct RefusingRoute: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case blackhole, unreachable, prohibit

        init?(type: UInt8) {
            switch Int(type) {
            case Int(RTN_BLACKHOLE): self = .blackhole
            case Int(RTN_UNREACHABLE): self = .unreachable
            case Int(RTN_PROHIBIT): self = .prohibit
            default: return nil
            }
        }

        /// The word that ip-route(8) uses.
        package var word: String {
            switch self {
            case .blackhole: "blackhole"
            case .unreachable: "unreachable"
            case .prohibit: "prohibit"
            }
        }
    }

    package let kind: Kind
    /// 4 or 16 bytes.
    package let destination: [UInt8]
    package let prefixLength: UInt8
    package let table: UInt32
    package let metric: UInt32

    package init(
        _ kind: Kind, to destination: [UInt8], prefixLength: UInt8, table: UInt32 = 254,
        metric: UInt32 = 0
    ) {
        self.kind = kind
        self.destination = destination
        self.prefixLength = prefixLength
        self.table = table
        self.metric = metric
    }
}

/// A rule of the routing policy database: see ip-rule(8).
package struct RoutingRule: Equatable, Sendable {
    package enum Action: Equatable, Sendable {
        case lookUp(table: UInt32)
        case refuse(RefusingRoute.Kind)
        case other
    }

    package let isIPv6: Bool
    package let priority: UInt32
    package let action: Action
    /// The source addresses that it matches; `nil` for all.
    package var source: Source?
    /// The interface that receives the packets that it matches; empty for all.
    package var incoming: [UInt8] = []
    /// The destinations that it matches; `nil` for all.
    package var target: Source?
    /// The firewall mark (fwmark) that it matches; `nil` for all packets.
    package var mark: UInt32?
    /// Whether it matches only a protocol, or ports of one.
    package var isOfProtocol = false
    /// Whether it has further conditions, such as a firewall mark.
    package var hasOtherConditions = false

    package init(isIPv6: Bool, priority: UInt32, action: Action) {
        self.isIPv6 = isIPv6
        self.priority = priority
        self.action = action
    }

    package struct Source: Equatable, Sendable {
        /// 4 or 16 bytes.
        package let address: [UInt8]
        package let prefixLength: UInt8

        package init(address: [UInt8], prefixLength: UInt8) {
            self.address = address
            self.prefixLength = prefixLength
        }
    }
}

extension RouteSocket {
    /// The refusing routes that an administrator or a program added, of all tables (RTM_GETROUTE).
    package borrowing func refusingRoutes() throws(NetlinkError) -> [RefusingRoute] {
        try list("list the routes", RTM_GETROUTE, rtmsg()) {
            (header: rtmsg, attributes) -> RefusingRoute? in
            guard let kind = RefusingRoute.Kind(type: header.rtm_type),
                header.rtm_family == UInt8(AF_INET) || header.rtm_family == UInt8(AF_INET6),
                header.rtm_flags & UInt32(RTM_F_CLONED) == 0,
                header.rtm_protocol != UInt8(RTPROT_KERNEL)
            else { return nil }
            let size = header.rtm_family == UInt8(AF_INET) ? 4 : 16
            return RefusingRoute(
                kind,
                to: attributes[Int(RTA_DST.rawValue)] ?? [UInt8](repeating: 0, count: size),
                prefixLength: header.rtm_dst_len,
                table: attributes.number(Int(RTA_TABLE.rawValue), as: UInt32.self)
                    ?? UInt32(header.rtm_table),
                metric: attributes.number(Int(RTA_PRIORITY.rawValue), as: UInt32.self) ?? 0)
        }
    }

    /// All rules (RTM_GETRULE).
    package borrowing func routingRules() throws(NetlinkError) -> [RoutingRule] {
        try list("list the routing rules", RTM_GETRULE, fib_rule_hdr()) {
            (header: fib_rule_hdr, attributes) -> RoutingRule? in
            guard header.family == UInt8(AF_INET) || header.family == UInt8(AF_INET6) else {
                return nil
            }
            let table =
                attributes.number(Int(FRA_TABLE), as: UInt32.self) ?? UInt32(header.table)
            let action: RoutingRule.Action =
                switch Int(header.action) {
                case Int(FR_ACT_TO_TBL): .lookUp(table: table)
                case Int(FR_ACT_BLACKHOLE): .refuse(.blackhole)
                case Int(FR_ACT_UNREACHABLE): .refuse(.unreachable)
                case Int(FR_ACT_PROHIBIT): .refuse(.prohibit)
                default: .other
                }
            var rule = RoutingRule(
                isIPv6: header.family == UInt8(AF_INET6),
                priority: attributes.number(Int(FRA_PRIORITY), as: UInt32.self) ?? 0,
                action: action)
            rule.source = attributes[Int(FRA_SRC)].map {
                RoutingRule.Source(address: $0, prefixLength: header.src_len)
            }
            rule.target = attributes[Int(FRA_DST)].map {
                RoutingRule.Source(address: $0, prefixLength: header.dst_len)
            }
            rule.incoming = attributes.text(Int(FRA_IIFNAME)) ?? []
            let mark = attributes.number(Int(FRA_FWMARK), as: UInt32.self) ?? 0
            rule.mark = mark == 0 ? nil : mark
            rule.hasOtherConditions =
                header.tos != 0
                || header.flags & UInt32(FIB_RULE_INVERT) != 0
                || mark != 0
                || attributes[Int(FRA_OIFNAME)] != nil
                || attributes[Int(FRA_UID_RANGE)] != nil
            rule.isOfProtocol = [FRA_IP_PROTO, FRA_SPORT_RANGE, FRA_DPORT_RANGE].contains {
                attributes[Int($0)] != nil
            }
            return rule
        }
    }
}
