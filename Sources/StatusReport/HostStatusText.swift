internal import Linux
package import Terminal

/// The status as text.
package struct HostStatusText {
    let terminal: TerminalCapabilities
    /// In columns.
    let width: Int
    let selection: StatusSelection
    /// If given, traffic and processor time are shown per second, otherwise in total.
    package var rates: StatusRates?

    /// - Parameter width: in columns; terminals narrower than 40 columns get lines of 40.
    package init(
        _ terminal: TerminalCapabilities, width: Int = TerminalCapabilities.width,
        _ selection: StatusSelection = StatusSelection(), rates: StatusRates? = nil
    ) {
        self.terminal = terminal
        self.width = max(40, width)
        self.selection = selection
        self.rates = rates
    }

    package func text(_ lines: [StyledText]) -> String {
        lines.map { $0.text(terminal) + "\n" }.joined()
    }

    /// The whole status: a summary, and trees.
    package func lines(_ status: HostStatus) -> [StyledText] {
        let sections =
            [summary(StatusSummary(status))]
            + [networks(status), users(status)].compactMap { $0?.lines(terminal) }
        return Array(sections.joined(separator: [StyledText()]))
    }

    /// What is missing from some parts, and why.
    func hidden(_ status: HostStatus, _ parts: HostStatus.Part...) -> [Tree] {
        status.hidden.filter { parts.contains($0.part) }.map { hidden in
            let lines = folded(StyledText(hidden.reason, .dim), to: width - Tree.indent - 2)
            return Tree(
                StyledText("? ", .yellow) + (lines.first ?? StyledText()),
                details: lines.dropFirst().map { "  " + $0 })
        }
    }

    /// Wrapped at blanks, and within a word that is longer than a line.
    func folded(_ text: StyledText, to columns: Int) -> [StyledText] {
        text.folded(to: columns).flatMap { $0.pieces(of: columns) }
    }

    /// A label and its text, which is wrapped to the right of the label.
    func fact(_ label: String, _ text: StyledText) -> Tree {
        let margin = 11
        let lines = folded(text, to: width - 2 * Tree.indent - margin)
        let first = StyledText(label, .dim).padded(to: margin) + (lines.first ?? StyledText())
        let blanks = StyledText(String(repeating: " ", count: margin))
        return Tree(first, details: lines.dropFirst().map { blanks + $0 })
    }
}

extension HostStatusText {
    /// How many problems are listed where the rest of the status follows.
    private static let shownProblems = 8

    private func summary(_ summary: StatusSummary) -> [StyledText] {
        let down = summary.networks - summary.networksUp
        let used = summary.nicsUsed.map { "\($0)" } ?? "?"
        var counts = [
            StyledText(counted(summary.networks, "network"))
                + (down > 0 ? StyledText(" (\(down) not up)", .red) : StyledText()),
            StyledText(counted(summary.users, "user")),
            StyledText(counted(summary.containers, "container")),
            StyledText(
                "\(counted(summary.nics, "NIC")) (quotas"
                    + (summary.joinedHost.map { " on \($0)" } ?? "")
                    + ": \(used) of \(summary.nicsAllowed))"),
        ]
        let problems = summary.problems
        let style: TerminalStyle =
            problems.isEmpty
            ? .green : problems.contains { $0.severity == .problem } ? .red : .yellow
        counts.append(
            StyledText(problems.isEmpty ? "no problems" : counted(problems.count, "problem"), style)
        )
        let shown =
            selection.onlyProblems ? problems : Array(problems.prefix(Self.shownProblems))
        var lines = counts.joined(by: ", ").folded(to: width)
        for problem in shown {
            let mark =
                problem.severity == .problem ? StyledText("x ", .red) : StyledText("! ", .yellow)
            let text = StyledText("\(problem.place): \(problem.message)")
            for (position, line) in folded(text, to: width - 2).enumerated() {
                lines.append((position == 0 ? mark : "  ") + line)
            }
        }
        if problems.count > shown.count {
            lines.append(
                StyledText(
                    "  and \(problems.count - shown.count) more: berth status --problems", .dim))
        }
        return lines
    }
}
