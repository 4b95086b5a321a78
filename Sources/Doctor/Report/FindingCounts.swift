internal import Linux

/// How many findings have each verdict other than ``Finding/Verdict/ok``.
struct FindingCounts: Encodable, Equatable, Sendable {
    var problems = 0
    var warnings = 0
    var unknown = 0

    init(_ findings: some Sequence<Finding>) {
        for finding in findings {
            switch finding.verdict {
            case .problem: problems += 1
            case .warning: warnings += 1
            case .unknown: unknown += 1
            case .ok: break
            }
        }
    }

    /// As in "1 problem, no warnings".
    var text: String {
        let parts = [(problems, "problem"), (warnings, "warning")].map {
            $0 == 0 ? "no \($1)s" : counted($0, $1)
        }
        return (unknown > 0 ? parts + ["\(unknown) unknown"] : parts).joined(separator: ", ")
    }
}

extension Finding.Verdict {
    /// Whether a report of what is wrong contains such a finding.
    var isWrong: Bool {
        switch self {
        case .problem, .warning: true
        case .ok, .unknown: false
        }
    }
}
