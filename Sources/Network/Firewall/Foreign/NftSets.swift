internal import FoundationEssentials
internal import Linux

/// The elements of the named sets and maps that rules use: a listing of the ruleset omits them,
/// because they may be many.
struct NftSets: Sendable {
    private var elements: [NftTable: [String: [JSON]]] = [:]

    /// - Returns: the elements, by the name of the set.
    func ofTable(_ family: String, _ table: String) -> [String: [JSON]] {
        elements[NftTable(family: family, name: table)] ?? [:]
    }

    /// Parses the output of `nft -j list set`, or of `nft -j list map`.
    mutating func add(listing: [UInt8]) {
        let root = try? JSONDecoder().decode(JSON.self, from: Data(listing))
        for item in root?["nftables"]?.items ?? [] {
            guard let set = item["set"] ?? item["map"], let family = set["family"]?.text,
                let table = set["table"]?.text, let name = set["name"]?.text
            else { continue }
            elements[NftTable(family: family, name: table), default: [:]][name] =
                set["elem"]?.items ?? []
        }
    }

    /// The names of the sets that a rule names, without the at sign.
    static func names(in rule: JSON) -> [String] {
        var names: [String] = []
        collect(rule, &names)
        return names
    }

    private static func collect(_ value: JSON, _ names: inout [String]) {
        switch value {
        case .string(let text) where text.first == "@":
            let name = String(text.dropFirst())
            if !names.contains(name) { names.append(name) }
        case .array(let items): for item in items { collect(item, &names) }
        case .object(let members):
            // A comment can begin with an at sign, too.
            for (key, member) in members.sorted(by: { $0.key < $1.key }) where key != "comment" {
                collect(member, &names)
            }
        default: break
        }
    }
}

extension NftSets {
    /// The sets of other programs that a ruleset uses.
    struct Reference: Hashable {
        let table: NftTable
        let name: String
        let isMap: Bool
    }

    /// - Parameter ruleset: the output of `nft -j -t list ruleset`.
    static func references(in ruleset: [UInt8], besides own: Set<NftTable>) -> [Reference] {
        let root = try? JSONDecoder().decode(JSON.self, from: Data(ruleset))
        var kinds: [NftTable: [String: Bool]] = [:]
        var used: [NftTable: [String]] = [:]
        for item in root?["nftables"]?.items ?? [] {
            guard let content = item["set"] ?? item["map"] ?? item["rule"],
                let family = content["family"]?.text, let name = content["table"]?.text
            else { continue }
            let table = NftTable(family: family, name: name)
            guard !own.contains(table) else { continue }
            if item["rule"] != nil {
                used[table, default: []] += names(in: content)
            } else if let set = content["name"]?.text {
                kinds[table, default: [:]][set] = item["map"] != nil
            }
        }
        return used.sorted { "\($0.key)" < "\($1.key)" }.flatMap { table, names in
            Set(names).sorted().compactMap { name in
                kinds[table]?[name].map { Reference(table: table, name: name, isMap: $0) }
            }
        }
    }
}

extension HostTools {
    /// The elements of the sets that a ruleset uses, unless they are too many to be read quickly.
    /// Rules that use a set that is left out are skipped.
    borrowing func sets(in ruleset: [UInt8], besides own: Set<NftTable>) -> NftSets {
        var sets = NftSets()
        guard let nft else { return sets }
        let end = monotonicMilliseconds() + 400
        for set in NftSets.references(in: ruleset, besides: own).prefix(64) {
            let left = end - monotonicMilliseconds()
            guard left > 0 else { break }
            let words = [
                "-j", "list", set.isMap ? "map" : "set", set.table.family, set.table.name, set.name,
            ]
            guard let listing = try? Self.run(nft, words, atMost: Int32(clamping: left)),
                listing.utf8.count <= 1 << 20
            else { continue }
            sets.add(listing: Array(listing.utf8))
        }
        return sets
    }
}
