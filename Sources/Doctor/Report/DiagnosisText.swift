internal import Linux
package import Terminal

/// A diagnosis as text of 80 columns.
package struct DiagnosisText {
    private let terminal: TerminalCapabilities
    /// Whether to omit everything that is not wrong.
    private let onlyProblems: Bool

    package init(_ terminal: TerminalCapabilities, onlyProblems: Bool = false) {
        self.terminal = terminal
        self.onlyProblems = onlyProblems
    }

    package func text(_ diagnosis: Diagnosis) -> String {
        let hasSummary = diagnosis.isOfAllUsers
        var parts = diagnosis.users.filter { !onlyProblems || !hasSummary || $0.verdict.isWrong }
            .map { text($0) }
        if hasSummary { parts.append(text(DiagnosisSummary(diagnosis.users))) }
        if let log = diagnosis.log { parts.append(text(log)) }
        return parts.joined(separator: "\n")
    }

    private func text(_ user: Diagnosis.UserReport) -> String {
        let container = user.target.container.map { ", container \($0.quoted)" } ?? ""
        var lines = [painted("\(user.target.name)\(container)", .bold)]
        for finding in user.findings where !onlyProblems || finding.verdict.isWrong {
            lines += folded(
                "\(finding.place): \(finding.message)", behind: "  \(sign(finding.verdict)) ",
                visible: 4)
            for fix in finding.fixes {
                lines += self.lines(fix, user: user.target.name)
            }
        }
        let counts = FindingCounts(user.findings)
        lines.append("  " + painted(counts.text, counts.problems > 0 ? .red : .green))
        return lines.map { $0 + "\n" }.joined()
    }

    private func text(_ summary: DiagnosisSummary) -> String {
        var lines = [painted("summary", .bold)]
        for user in summary.users where !onlyProblems || user.verdict.isWrong {
            let checks = user.checks.isEmpty ? "" : ": \(user.checks.joined(separator: ", "))"
            lines += folded(
                "\(user.name): \(user.counts.text)\(checks)",
                behind: "  \(sign(user.verdict)) ", visible: 4, hanging: 2)
        }
        lines.append("  " + painted(summary.total, summary.usersWithProblems > 0 ? .red : .green))
        return lines.map { $0 + "\n" }.joined()
    }

    /// A command is printed whole on its own line, so that it can be copied.
    private func lines(_ fix: Fix, user: String, behind mark: String = "") -> [String] {
        switch fix {
        case .advice(let text):
            return folded(mark + text, behind: "      ", visible: 6)
        case .command(let command, .root): return ["      # " + painted(command, .bold)]
        case .command(let command, .user): return ["      $ " + painted(command, .bold)]
        case .line(let line, let file, let actor):
            let who = actor == .root ? "as root" : "as \(user)"
            return ["      add to \(file), \(who):", "        " + painted(line, .bold)]
        }
    }

    private func text(_ log: LXCLogExplanation) -> String {
        var lines = [painted(log.file.quoted, .bold)]
        for message in log.messages where !onlyProblems || message.entry.verdict != .ok {
            let times = message.count > 1 ? ", \(message.count) times" : ""
            lines += folded(
                "line \(message.line)\(times):",
                behind: "  \(sign(message.entry.verdict)) ", visible: 4)
            lines += quotedLines(message.text, indentedBy: 6)
            lines += folded(message.entry.meaning, behind: "      ", visible: 6)
            for fix in message.entry.fixes {
                lines += self.lines(fix, user: "the user", behind: "-> ")
            }
        }
        if log.messages.isEmpty {
            let what =
                log.lines == 0
                ? "it is empty"
                : "no known message, and no error, in \(counted(log.lines, "line"))"
            lines += folded(what, behind: "  ", visible: 2)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func sign(_ verdict: Finding.Verdict) -> String {
        switch verdict {
        case .ok: painted("+", .green)
        case .warning: painted("!", .yellow)
        case .problem: painted("x", .red)
        case .unknown: painted("?", .yellow)
        }
    }

    private func painted(_ text: String, _ style: TerminalStyle) -> String {
        terminal.painted(text, style)
    }
}
