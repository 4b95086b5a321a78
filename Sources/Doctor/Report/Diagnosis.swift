internal import JSONOutput
internal import Linux

/// The result of one run of `berth doctor`, which `--json` prints: findings for users, and the
/// explained messages of a log.
package struct Diagnosis: Sendable {
    package struct UserReport: Sendable {
        package let target: TargetUser
        package let findings: [Finding]

        package init(_ target: TargetUser, _ findings: [Finding]) {
            self.target = target
            self.findings = findings
        }
    }

    package var users: [UserReport] = []
    package var log: LXCLogExplanation?

    package init() {}

    package var hasProblems: Bool {
        users.contains { $0.findings.contains { $0.verdict == .problem } }
            || log?.messages.contains { $0.entry.isFatal } ?? false
    }
}

// berth(1) promises the shape of `berth doctor --json`, which etc/schema describes: keys may be
// added; none is removed or changes its meaning.
extension Diagnosis {
    private struct Document: Encodable {
        let version = 1
        let verdict: String
        let users: [User]
        let log: Log?
    }

    private struct User: Encodable {
        let user: String
        let uid: UInt32
        let container: UntrustedText?
        let verdict: String
        let findings: [Entry]
    }

    private struct Entry: Encodable {
        let check: String
        let verdict: String
        let place: String
        let message: String
        let fixes: [Step]
    }

    private struct Step: Encodable {
        var by: String?
        var command: String?
        var line: String?
        var file: String?
        var advice: String?

        init(_ fix: Fix) {
            switch fix {
            case .command(let text, let actor): (command, by) = (text, actor.rawValue)
            case .line(let text, let file, let actor):
                (line, self.file, by) = (text, file, actor.rawValue)
            case .advice(let text): advice = text
            }
        }
    }

    private struct Log: Encodable {
        let file: UntrustedText
        let lines: Int
        let messages: [Explained]
    }

    private struct Explained: Encodable {
        let id: String
        let line: Int
        let count: Int
        let verdict: String
        let message: UntrustedText
        let meaning: String
        let fix: String?
    }

    package var json: String {
        jsonText(
            Document(
                verdict: hasProblems ? "problem" : "ok",
                users: users.map { user in
                    User(
                        user: user.target.name, uid: user.target.user.number,
                        container: user.target.container, verdict: user.verdict.rawValue,
                        findings: user.findings.map {
                            Entry(
                                check: $0.check, verdict: $0.verdict.rawValue, place: $0.place,
                                message: $0.message, fixes: $0.fixes.map { Step($0) })
                        })
                },
                log: log.map { log in
                    Log(
                        file: log.file, lines: log.lines,
                        messages: log.messages.map {
                            Explained(
                                id: $0.entry.id, line: $0.line, count: $0.count,
                                verdict: $0.entry.verdict.rawValue, message: $0.text,
                                meaning: $0.entry.meaning,
                                fix: $0.entry.fix)
                        })
                }))
    }
}

extension Diagnosis.UserReport {
    /// The most severe verdict of all findings.
    package var verdict: Finding.Verdict {
        for verdict in [Finding.Verdict.problem, .warning, .unknown]
        where findings.contains(where: { $0.verdict == verdict }) { return verdict }
        return .ok
    }
}
