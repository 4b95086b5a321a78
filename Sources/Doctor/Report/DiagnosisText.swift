package import Terminal

/// A diagnosis as text of 80 columns.
package struct DiagnosisText {
    private let terminal: TerminalCapabilities

    package init(_ terminal: TerminalCapabilities) { self.terminal = terminal }

    package func text(_ diagnosis: Diagnosis) -> String {
        var parts = diagnosis.users.map { text($0) }
        if let log = diagnosis.log { parts.append(text(log)) }
        return parts.joined(separator: "\n")
    }

    private func text(_ user: Diagnosis.UserReport) -> String {
        let container = user.target.container.map { ", container \($0.quoted)" } ?? ""
        var lines = [painted("\(user.target.name)\(container)", .bold)]
        for finding in user.findings {
            lines += folded(
                "\(finding.place): \(finding.message)", behind: "  \(sign(finding.verdict)) ",
                visible: 4)
            for fix in finding.fixes { lines += self.lines(fix, user.target) }
        }
        let problems = user.findings.count { $0.verdict == .problem }
        let warnings = user.findings.count { $0.verdict == .warning }
        let unknown = user.findings.count { $0.verdict == .unknown }
        var sum = [counted(problems, "problem"), counted(warnings, "warning")]
        if unknown > 0 { sum.append("\(unknown) unknown") }
        lines.append("  " + painted(sum.joined(separator: ", "), problems > 0 ? .red : .green))
        return lines.map { $0 + "\n" }.joined()
    }

    private func counted(_ count: Int, _ word: String) -> String {
        "\(count == 0 ? "no" : "\(count)") \(word)\(count == 1 ? "" : "s")"
    }

    /// A command is printed whole on its own line, so that it can be copied.
    private func lines(_ fix: Fix, _ target: TargetUser) -> [String] {
        switch fix {
        case .advice(let text): return folded(text, behind: "      ", visible: 6)
        case .command(let command, .root): return ["      # " + painted(command, .bold)]
        case .command(let command, .user): return ["      $ " + painted(command, .bold)]
        case .line(let line, let file, let actor):
            let who = actor == .root ? "as root" : "as \(target.name)"
            return ["      add to \(file), \(who):", "        " + painted(line, .bold)]
        }
    }

    private func text(_ log: LXCLogExplanation) -> String {
        var lines = [painted(log.file.quoted, .bold)]
        for message in log.messages {
            let times = message.count > 1 ? ", \(message.count) times" : ""
            lines += folded(
                "line \(message.line)\(times):",
                behind: "  \(sign(message.entry.verdict)) ", visible: 4)
            lines += quotedLines(message.text, indentedBy: 6)
            lines += folded(message.entry.meaning, behind: "      ", visible: 6)
            if let fix = message.entry.fix {
                lines += folded("-> \(fix)", behind: "      ", visible: 6)
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
