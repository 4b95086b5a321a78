package import Terminal

/// The status as text of 80 columns.
package struct HostStatusText {
    let terminal: TerminalCapabilities

    package init(_ terminal: TerminalCapabilities) { self.terminal = terminal }

    package func text(_ lines: [StyledText]) -> String {
        lines.map { $0.text(terminal) + "\n" }.joined()
    }

    /// The whole status, as trees.
    package func lines(_ status: HostStatus) -> [StyledText] {
        let sections = [
            networks(status), quotas(status), cgroups(status),
        ].compactMap { $0 }
        return Array(sections.map { $0.lines(terminal) }.joined(separator: [StyledText()]))
    }

    /// What is missing from some parts, and why.
    func hidden(_ status: HostStatus, _ parts: HostStatus.Part...) -> [Tree] {
        status.hidden.filter { parts.contains($0.part) }.map { hidden in
            let lines = StyledText(hidden.reason, .dim).folded(
                to: TerminalCapabilities.width - Tree.indent - 2)
            return Tree(
                StyledText("? ", .yellow) + (lines.first ?? StyledText()),
                details: lines.dropFirst().map { "  " + $0 })
        }
    }

    /// A label and its text, which is folded beside the label.
    func fact(_ label: String, _ text: StyledText) -> Tree {
        let margin = 11
        let lines = text.folded(to: TerminalCapabilities.width - 2 * Tree.indent - margin)
        let first = StyledText(label, .dim).padded(to: margin) + (lines.first ?? StyledText())
        let blanks = StyledText(String(repeating: " ", count: margin))
        return Tree(first, details: lines.dropFirst().map { blanks + $0 })
    }

    private func quotas(_ status: HostStatus) -> Tree? {
        guard let quotas = status.quotas else { return nil }
        var owners: [String] = []
        for quota in quotas where !owners.contains(quota.owner) { owners.append(quota.owner) }
        let width = owners.map(\.count).max() ?? 0
        let branches = owners.map { owner in
            let own = quotas.filter { $0.owner == owner }
            let words = own.map { quota in
                StyledText(quota.bridge + " ", .dim) + Self.use(quota)
            }.joined(by: "   ")
            return Tree(
                StyledText(owner, .bold).padded(to: width) + "  " + words,
                own.flatMap(Self.options))
        }
        let trees = branches + hidden(status, .quotas)
        let title = StyledText("Quotas", .bold)
        return trees.isEmpty
            ? Tree(title, [Tree(StyledText("no user may create NICs", .dim))]) : Tree(title, trees)
    }

    /// The lines that have options.
    private static func options(_ quota: QuotaReport) -> [Tree] {
        quota.lines.filter { !$0.options.isEmpty }.map { line in
            Tree(
                StyledText("line \(line.line): \(line.count) on \(quota.bridge) ", .dim)
                    + StyledText(line.options.joined(separator: " ")))
        }
    }

    private static func use(_ quota: QuotaReport) -> StyledText {
        if quota.isPerUser { return StyledText("\(quota.allowed) each") }
        guard let used = quota.used else { return StyledText("? of \(quota.allowed)") }
        return StyledText(
            "\(used) of \(quota.allowed)", used >= quota.allowed ? .yellow : nil)
    }
}
