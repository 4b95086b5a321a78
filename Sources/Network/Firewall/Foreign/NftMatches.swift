extension FirewallChains.Match {
    /// - Parameter match: the statement `match`.
    /// - Parameter sets: the elements of the sets of the table, by name.
    init(nft match: JSON, _ sets: [String: [JSON]]) {
        let left = match["left"] ?? .null
        let right = match["right"] ?? .null
        let named = right.text.flatMap { $0.hasPrefix("@") ? sets[String($0.dropFirst())] : nil }
        let values = (named ?? right["set"]?.items ?? right.items ?? [right]).map(\.element)
        switch match["op"]?.text ?? "==" {
        case "==", "in", "!=":
            self.init(left: left, right: values)
            isNegated = match["op"]?.text == "!="
        case let comparison:
            self.init(criterion: Self.comparison(left, comparison, values))
        }
    }

    /// - Parameter right: the values, one of which the field must have.
    init(left: JSON, right: [JSON]) {
        guard let fields = left["concat"]?.items else {
            self.init(criterion: Self.criterion(left, right))
            return
        }
        let alternatives = right.map { element -> [Self] in
            guard let values = element["concat"]?.items, values.count == fields.count else {
                return [Self(criterion: .unknown)]
            }
            return zip(fields, values).map { Self(left: $0, right: [$1]) }
        }
        self.init(criterion: .any(alternatives))
    }

    /// A comparison with <, <=, > or >=, supported for ports only.
    private static func comparison(_ left: JSON, _ word: String, _ right: [JSON]) -> Criterion {
        guard right.count == 1, let bound = right[0].ports?.lowerBound,
            let field = left["payload"]?["field"]?.text, field == "dport" || field == "sport"
        else { return .unknown }
        let range: [JSON]? =
            switch word {
            case "<": bound > 0 ? [.range(0, bound - 1)] : nil
            case "<=": [.range(0, bound)]
            case ">": bound < 65535 ? [.range(bound + 1, 65535)] : nil
            case ">=": [.range(bound, 65535)]
            default: nil
            }
        return range.map { criterion(left, $0) } ?? .unknown
    }

    private static func criterion(_ left: JSON, _ right: [JSON]) -> Criterion {
        // The element for all values.
        if right.contains(where: { $0.text == "*" }) { return .any([[]]) }
        let names = right.compactMap(\.text)
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
        if left["meta"]?["key"]?.text == "mark", right.count == 1,
            case .number(let mark) = right[0], let mark = UInt32(exactly: mark)
        {
            return .mark(mark, mask: .max)
        }
        // `meta mark & MASK == VALUE`
        if let parts = left["&"]?.items, parts.count == 2,
            parts[0]["meta"]?["key"]?.text == "mark", right.count == 1,
            case .number(let mask) = parts[1], let mask = UInt32(exactly: mask),
            case .number(let mark) = right[0], let mark = UInt32(exactly: mark)
        {
            return .mark(mark, mask: mask)
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
        if transport == "icmp", field == "code" {
            let codes = right.compactMap(\.icmpCode)
            return codes.count == right.count ? .code(Set(codes)) : .unknown
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
    /// The value of an element of a set, which can have a timeout, a counter or a comment.
    var element: JSON { self["elem"]?["val"] ?? self }

    fileprivate static func range(_ first: Int, _ last: Int) -> JSON {
        .object(["range": .array([.number(Double(first)), .number(Double(last))])])
    }

    fileprivate var icmpCode: Int? {
        switch self {
        case .number(let code): return Int(exactly: code)
        case .string(let name):
            // Of the messages `destination-unreachable`.
            return [
                "net-unreachable": 0, "host-unreachable": 1, "prot-unreachable": 2,
                "port-unreachable": 3, "frag-needed": 4, "net-prohibited": 9,
                "host-prohibited": 10, "admin-prohibited": 13,
            ][name]
        default: return nil
        }
    }

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
