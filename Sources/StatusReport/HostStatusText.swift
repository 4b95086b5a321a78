internal import CgroupAdmin
package import Terminal

/// The situation as a person likes to look at it, on 80 columns.
package struct SituationText {
    let look: Look

    package init(_ look: Look) { self.look = look }

    package func text(_ lines: [Inscription]) -> String {
        lines.map { $0.text(look) + "\n" }.joined()
    }

    /// All of it, as trees.
    package func lines(_ situation: Situation) -> [Inscription] {
        let sections = [
            networks(situation), quotas(situation), cgroups(situation),
        ].compactMap { $0 }
        return Array(sections.map { $0.lines(look) }.joined(separator: [Inscription()]))
    }

    /// What is missing from a part, and why: at its end.
    func unseen(_ situation: Situation, _ parts: Situation.Part...) -> [Tree] {
        situation.unseen.filter { parts.contains($0.part) }.map { unseen in
            let lines = Inscription(unseen.reason, .dim).folded(to: Look.width - Tree.indent - 2)
            return Tree(
                Inscription("? ", .yellow) + (lines.first ?? Inscription()),
                details: lines.dropFirst().map { "  " + $0 })
        }
    }

    /// A word and what it says, folded under itself.
    func fact(_ word: String, _ text: Inscription) -> Tree {
        let margin = 11
        let lines = text.folded(to: Look.width - 2 * Tree.indent - margin)
        let first = Inscription(word, .dim).padded(to: margin) + (lines.first ?? Inscription())
        let blanks = Inscription(String(repeating: " ", count: margin))
        return Tree(first, details: lines.dropFirst().map { blanks + $0 })
    }

    private func quotas(_ situation: Situation) -> Tree? {
        guard let quotas = situation.quotas else { return nil }
        var owners: [String] = []
        for quota in quotas where !owners.contains(quota.owner) { owners.append(quota.owner) }
        let width = owners.map(\.count).max() ?? 0
        let branches = owners.map { owner in
            let words = quotas.filter { $0.owner == owner }.map { quota in
                Inscription(quota.bridge + " ", .dim) + Self.use(quota)
            }.joined(by: "   ")
            return Tree(Inscription(owner, .bold).padded(to: width) + "  " + words)
        }
        let trees = branches + unseen(situation, .quotas)
        let label = Inscription("Quotas", .bold)
        return trees.isEmpty
            ? Tree(label, [Tree(Inscription("nobody may have a NIC", .dim))]) : Tree(label, trees)
    }

    private static func use(_ quota: QuotaSeen) -> Inscription {
        guard let used = quota.used else { return Inscription("? of \(quota.allowed)") }
        return Inscription(
            "\(used) of \(quota.allowed)", used >= quota.allowed ? .yellow : nil)
    }
}
