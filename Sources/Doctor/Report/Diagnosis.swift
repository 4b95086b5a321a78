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
    /// Whether ``users`` are all users of the host, or all that the requester may examine.
    package var isOfAllUsers = false
    package var log: LXCLogExplanation?

    package init() {}

    package var hasProblems: Bool {
        users.contains { $0.findings.contains { $0.verdict == .problem } }
            || log?.messages.contains { $0.entry.isFatal } ?? false
    }
}

// berth(1) documents the form of `berth doctor --json`, which etc/schema describes: keys may be
// added; none is removed or changes its meaning.
extension Diagnosis {
    private struct Document: Encodable {
        let version = 1
        let verdict: String
        let users: [User]
        let summary: Summary?
        let log: Log?
    }

    private struct Summary: Encodable {
        let users: Int
        let usersWithProblems: Int
        let usersWithWarnings: Int
    }

    private struct User: Encodable {
        let user: String
        let uid: UInt32
        let container: UntrustedText?
        let verdict: String
        let counts: FindingCounts
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
        /// The steps in one text; `nil` if there are none.
        let fix: String?
        let fixes: [Step]
    }

    package var json: String { json(onlyProblems: false) }

    /// - Parameter onlyProblems: whether to omit everything that is not wrong.
    package func json(onlyProblems: Bool) -> String {
        func isPrinted(_ verdict: Finding.Verdict) -> Bool { !onlyProblems || verdict.isWrong }
        let summary = DiagnosisSummary(users)
        return jsonText(
            Document(
                verdict: hasProblems ? "problem" : "ok",
                users: users.filter { isPrinted($0.verdict) || !isOfAllUsers }.map { user in
                    User(
                        user: user.target.name, uid: user.target.user.number,
                        container: user.target.container, verdict: user.verdict.rawValue,
                        counts: FindingCounts(user.findings),
                        findings: user.findings.filter { isPrinted($0.verdict) }.map {
                            Entry(
                                check: $0.check, verdict: $0.verdict.rawValue, place: $0.place,
                                message: $0.message, fixes: $0.fixes.map { Step($0) })
                        })
                },
                summary: isOfAllUsers
                    ? Summary(
                        users: summary.users.count, usersWithProblems: summary.usersWithProblems,
                        usersWithWarnings: summary.usersWithWarnings) : nil,
                log: log.map { log in
                    Log(
                        file: log.file, lines: log.lines,
                        messages: log.messages.filter { !onlyProblems || $0.entry.verdict != .ok }
                            .map {
                                Explained(
                                    id: $0.entry.id, line: $0.line, count: $0.count,
                                    verdict: $0.entry.verdict.rawValue, message: $0.text,
                                    meaning: $0.entry.meaning, fix: $0.entry.fixes.sentence,
                                    fixes: $0.entry.fixes.map { Step($0) })
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
