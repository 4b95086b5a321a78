internal import Linux

/// The checks that found something wrong, by user, and how many users have problems or warnings.
struct DiagnosisSummary: Equatable, Sendable {
    struct User: Equatable, Sendable {
        let name: String
        let verdict: Finding.Verdict
        let counts: FindingCounts
        /// The checks that found something wrong, problems first.
        let checks: [String]
    }

    let users: [User]

    init(_ reports: [Diagnosis.UserReport]) {
        users = reports.map { report in
            var checks: [String] = []
            for verdict in [Finding.Verdict.problem, .warning] {
                for finding in report.findings
                where finding.verdict == verdict && !checks.contains(finding.check) {
                    checks.append(finding.check)
                }
            }
            return User(
                name: report.target.name, verdict: report.verdict,
                counts: FindingCounts(report.findings), checks: checks)
        }
    }

    var usersWithProblems: Int { users.count { $0.counts.problems > 0 } }
    /// Users with warnings, but without problems.
    var usersWithWarnings: Int { users.count { $0.verdict == .warning } }

    /// As in "50 users: 2 with problems, 3 with warnings only".
    var total: String {
        var parts = ["\(usersWithProblems == 0 ? "none" : "\(usersWithProblems)") with problems"]
        if usersWithWarnings > 0 { parts.append("\(usersWithWarnings) with warnings only") }
        return "\(counted(users.count, "user")): " + parts.joined(separator: ", ")
    }
}
