extension FirewallChains {
    /// Parses the output of iptables-save(8), for tables in nftables or the legacy interface.
    /// - Parameter family: `ip` or `ip6`.
    init(saved: String, family: String) {
        for line in IptablesDialect.lines(in: saved) {
            if line.text.hasPrefix(":") {
                let words = line.text.dropFirst().split(separator: " ")
                guard words.count >= 2 else { continue }
                let name = Name(family: family, table: line.table, chain: String(words[0]))
                chains[name, default: Chain()].dropsByPolicy = words[1] == "DROP"
                // Only a base chain has a policy.
                if words[1] != "-" {
                    chains[name]?.hook = words[0].lowercased()
                    chains[name]?.type = line.table == "nat" ? "nat" : "filter"
                    chains[name]?.priority = Self.priority(line.table, words[0])
                }
            } else if line.text.hasPrefix("-A ") {
                let words = Self.words(of: line.text.dropFirst(3))
                guard let chain = words.first else { continue }
                let name = Name(family: family, table: line.table, chain: chain)
                var rule = Rule(iptables: words.dropFirst())
                rule.position = FirewallRulePosition(
                    chain: chain, number: (chains[name]?.rules.count ?? 0) + 1, isIptables: true)
                chains[name, default: Chain()].rules.append(rule)
            }
        }
    }

    /// The priority of a chain of iptables: see nft(8).
    private static func priority(_ table: String, _ chain: Substring) -> Int {
        switch table {
        case "raw": -300
        case "mangle": -150
        case "nat": chain == "POSTROUTING" || chain == "INPUT" ? 100 : -100
        default: 0
        }
    }

    /// The words of a rule, in which a comment can be quoted.
    private static func words(of line: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        var isEscaped = false
        for character in line {
            if isEscaped {
                word.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == " ", !isQuoted {
                words.append(word)
                word = ""
            } else {
                word.append(character)
            }
        }
        return words + [word]
    }
}

extension FirewallChains.Rule {
    fileprivate init(iptables words: ArraySlice<String>) {
        var rest = words
        var isNegated = false
        while let word = rest.popFirst() {
            if word == "!" {
                isNegated = true
                continue
            }
            if word == "-j" || word == "-g" {
                let target = rest.first ?? ""
                let options = rest.dropFirst()
                untracks = target == "NOTRACK" || target == "CT" && options.contains("--notrack")
                if target == "MARK" { mark = Self.mark(options) }
                verdict =
                    Self.translation(target, options).map { .translate($0) }
                    ?? Self.verdict(target, isGoto: word == "-g")
                return
            }
            if word == "-m" || word == "--comment" {
                isOwn = isOwn || rest.first?.hasPrefix("berth-net:") ?? false
                // Skip the argument: a module's name and a comment match nothing by themselves.
                rest = rest.dropFirst()
            } else if word.hasPrefix("-") {
                let criterion = Self.criterion(word, rest.first ?? "")
                matches.append(.init(criterion: criterion, isNegated: isNegated))
                if word == "--icmp-type",
                    let code = rest.first?.split(separator: "/").dropFirst().first
                {
                    matches.append(.init(criterion: Int(code).map { .code([$0]) } ?? .unknown))
                }
            }
            isNegated = false
        }
    }

    private static func criterion(
        _ option: String, _ value: String
    ) -> FirewallChains.Match.Criterion {
        let list = value.split(separator: ",").map { $0.lowercased() }
        switch option {
        case "-i": return .incoming([value])
        case "-o": return .outgoing([value])
        case "-s", "-d":
            guard let range = addresses(value) else { return .unknown }
            return option == "-s" ? .source([range]) : .target([range])
        case "-p": return .transport([value])
        case "--ctstate", "--state": return .connection(Set(list))
        case "--dst-type": return .destination(Set(list))
        case "--dport", "--dports": return .ports(ports(list), ofSource: false, "th")
        case "--sport", "--sports": return .ports(ports(list), ofSource: true, "th")
        case "--icmp-type":
            let number = String(value.prefix { $0 != "/" })
            return .message([messages[number] ?? number])
        case "--mac-source": return .hardwareSource([value.lowercased()])
        case "--src-range", "--dst-range":
            let ends = value.split(separator: "-").compactMap { IPv4Address(String($0)) }
            guard let first = ends.first, let last = ends.last, first <= last else {
                return .unknown
            }
            return option == "--src-range" ? .source([first...last]) : .target([first...last])
        case "--mark":
            let parts = value.split(separator: "/").map { number($0) }
            guard let mark = parts[0], parts.count == 1 || parts[1] != nil else { return .unknown }
            return .mark(mark, mask: parts.count > 1 ? parts[1] ?? .max : .max)
        default: return .unknown
        }
    }

    /// The names of nftables for the types of ICMP messages.
    private static let messages = [
        "0": "echo-reply", "3": "destination-unreachable", "8": "echo-request",
        "11": "time-exceeded",
    ]

    private static func number(_ text: Substring) -> UInt32? {
        text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    }

    private static func ports(_ list: [String]) -> [ClosedRange<Int>] {
        list.compactMap { text in
            let ends = text.split(separator: ":").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return nil }
            return first...last
        }
    }

    /// - Returns: `nil` for IPv6.
    private static func addresses(_ text: String) -> ClosedRange<IPv4Address>? {
        IPv4Address(text).map { $0...$0 } ?? Prefix<IPv4Address>(text)?.range
    }

    private static func translation(
        _ target: String, _ options: ArraySlice<String>
    ) -> FirewallChains.Translation? {
        let address = options.dropFirst().first.flatMap { text in
            IPv4Address(String(text.prefix { $0 != ":" && $0 != "-" }))
        }
        return switch target {
        case "SNAT": .init(isOfSource: true, address: address)
        case "DNAT": .init(isOfSource: false, address: address)
        case "MASQUERADE": .init(isOfSource: true, isToThisHost: true)
        case "REDIRECT": .init(isOfSource: false, isToThisHost: true)
        default: nil
        }
    }

    /// The value in `--set-mark VALUE[/MASK]` or `--set-xmark VALUE[/MASK]`.
    private static func mark(_ options: ArraySlice<String>) -> UInt32? {
        guard let option = options.first, option.hasPrefix("--set-"),
            let value = options.dropFirst().first?.prefix(while: { $0 != "/" })
        else { return nil }
        return number(value)
    }

    private static func verdict(_ target: String, isGoto: Bool) -> FirewallChains.Verdict {
        switch target {
        case "ACCEPT": .accept
        case "DROP", "REJECT": .drop
        case "RETURN": .returnToCaller
        // A target that is not a chain, such as LOG, acts as a chain without rules.
        default: isGoto ? .goto(target) : .jump(target)
        }
    }
}
