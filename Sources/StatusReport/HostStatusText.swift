internal import CgroupAdmin
package import Terminal

/// The status as a person likes to look at it, on 80 columns.
package struct HostStatusText {
    let look: TerminalCapabilities

    package init(_ look: TerminalCapabilities) { self.look = look }

    package func text(_ lines: [StyledText]) -> String {
        lines.map { $0.text(look) + "\n" }.joined()
    }

    /// All of it, as trees.
    package func lines(_ status: HostStatus) -> [StyledText] {
        let sections = [
            networks(status), quotas(status), cgroups(status),
        ].compactMap { $0 }
        return Array(sections.map { $0.lines(look) }.joined(separator: [StyledText()]))
    }

    /// What is missing from a part, and why: at its end.
    func unseen(_ status: HostStatus, _ parts: HostStatus.Part...) -> [Tree] {
        status.unseen.filter { parts.contains($0.part) }.map { unseen in
            let lines = StyledText(unseen.reason, .dim).folded(
                to: TerminalCapabilities.width - Tree.indent - 2)
            return Tree(
                StyledText("? ", .yellow) + (lines.first ?? StyledText()),
                details: lines.dropFirst().map { "  " + $0 })
        }
    }

    /// A word and what it says, folded under itself.
    func fact(_ word: String, _ text: StyledText) -> Tree {
        let margin = 11
        let lines = text.folded(to: TerminalCapabilities.width - 2 * Tree.indent - margin)
        let first = StyledText(word, .dim).padded(to: margin) + (lines.first ?? StyledText())
        let blanks = StyledText(String(repeating: " ", count: margin))
        return Tree(first, details: lines.dropFirst().map { blanks + $0 })
    }

    private func quotas(_ status: HostStatus) -> Tree? {
        guard let quotas = status.quotas else { return nil }
        var owners: [String] = []
        for quota in quotas where !owners.contains(quota.owner) { owners.append(quota.owner) }
        let width = owners.map(\.count).max() ?? 0
        let branches = owners.map { owner in
            let words = quotas.filter { $0.owner == owner }.map { quota in
                StyledText(quota.bridge + " ", .dim) + Self.use(quota)
            }.joined(by: "   ")
            return Tree(StyledText(owner, .bold).padded(to: width) + "  " + words)
        }
        let trees = branches + unseen(status, .quotas)
        let label = StyledText("Quotas", .bold)
        return trees.isEmpty
            ? Tree(label, [Tree(StyledText("nobody may have a NIC", .dim))]) : Tree(label, trees)
    }

    private static func use(_ quota: QuotaReport) -> StyledText {
        guard let used = quota.used else { return StyledText("? of \(quota.allowed)") }
        return StyledText(
            "\(used) of \(quota.allowed)", used >= quota.allowed ? .yellow : nil)
    }
}
