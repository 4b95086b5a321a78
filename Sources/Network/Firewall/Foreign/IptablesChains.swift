extension FirewallChains {
    /// What iptables-save(8) tells, of the old tables or of those that live in nftables.
    /// - Parameter family: `ip` or `ip6`.
    init(saved: String, family: String) {
        var table = ""
        for line in saved.split(separator: "\n") {
            if line.hasPrefix("*") {
                table = String(line.dropFirst())
            } else if line.hasPrefix(":") {
                let words = line.dropFirst().split(separator: " ")
                guard words.count >= 2 else { continue }
                let name = Name(family: family, table: table, chain: String(words[0]))
                chains[name, default: Chain()].dropsByPolicy = words[1] == "DROP"
                // A policy is what only a chain of the kernel's has.
                if words[1] != "-" { chains[name]?.hook = words[0].lowercased() }
            } else if line.hasPrefix("-A ") {
                let words = Self.words(of: line.dropFirst(3))
                guard let chain = words.first else { continue }
                let name = Name(family: family, table: table, chain: chain)
                chains[name, default: Chain()].rules.append(Rule(iptables: words.dropFirst()))
            }
        }
    }

    /// The words of a line, in which a comment may have quotes.
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
                verdict = rest.first.flatMap { Self.verdict($0, isGoto: word == "-g") }
                return
            }
            if word == "-m" || word == "--comment" {
                // A module says nothing without its options.
                rest = rest.dropFirst()
            } else if word.hasPrefix("-"), let about = Self.about(word, rest.first ?? "") {
                conditions.append(.init(about: about, isNegated: isNegated))
            }
            isNegated = false
        }
    }

    private static func about(
        _ option: String, _ value: String
    ) -> FirewallChains.Condition.About? {
        let list = value.split(separator: ",").map { $0.lowercased() }
        switch option {
        case "-i": return .incoming([value])
        case "-o": return .outgoing([value])
        case "-p": return .transport([value])
        case "--ctstate", "--state": return .connection(Set(list))
        case "--dst-type": return .destination(Set(list))
        case "--dport", "--dports":
            return .port(
                list.compactMap { text in
                    let ends = text.split(separator: ":").compactMap { Int($0) }
                    guard let first = ends.first, let last = ends.last, first <= last else {
                        return nil
                    }
                    return first...last
                })
        default: return .unknown
        }
    }

    private static func verdict(_ target: String, isGoto: Bool) -> FirewallChains.Verdict {
        switch target {
        case "ACCEPT": .accept
        case "DROP", "REJECT": .drop
        case "RETURN": .goBack
        // A target that is no chain, such as LOG, is a chain without rules.
        default: isGoto ? .goto(target) : .jump(target)
        }
    }
}
