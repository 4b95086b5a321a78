internal import Cgroups
internal import Delegation
internal import HostPaths
internal import Linux

/// Reads the policy like setup, and touches nothing.
package enum PolicyCheck {
    package static func run() throws(Failure) -> ChangeReport {
        var outcome = ChangeReport()
        let file = try PolicyFile.read()
        guard !file.isMissing else {
            outcome.warnings.append(
                "\(Paths.usercgroup) does not exist, so nobody may have cgroups")
            return outcome
        }
        outcome.problems = file.faults
        outcome.warnings = findings(file)
        if let host = try? UnifiedHierarchy.find().root.controllers() {
            outcome.warnings += RequiredControllers(file.understood, of: host).warnings
        }
        return outcome
    }

    /// What is understood, and cannot be meant.
    private static func findings(_ file: PolicyFile) -> [String] {
        var findings: [String] = []
        var owners: [[UInt8]: Int] = [:]
        for grant in file.understood {
            if let first = owners[grant.owner.field] {
                findings.append(
                    place(grant, "never decides: line \(first) is for \(grant.owner) already"))
                continue
            }
            owners[grant.owner.field] = grant.line
            if let finding = finding(grant, file) { findings.append(place(grant, finding)) }
        }
        return findings
    }

    private static func finding(_ grant: UsercgroupEntry, _ file: PolicyFile) -> String? {
        do throws(Errno) {
            switch grant.owner {
            case .group(let name):
                // A group without a name goes by its number.
                guard try Accounts.group(named: name) == nil,
                    decimal(name[...], upTo: UInt64(UInt32.max)) == nil
                else { return nil }
                return "there is no group \(grant.owner)"
            case .user(let name):
                guard let account = try Accounts.member(of: name) else {
                    return "there is no user \(grant.owner)"
                }
                guard account.person.user != .root else {
                    return "root needs no line: every cgroup is root's"
                }
                return finding(grant, file.verdict(for: account.person))
            }
        } catch { return "cannot look up \(grant.owner): \(error)" }
    }

    private static func finding(_ grant: UsercgroupEntry, _ verdict: PolicyFile.Verdict) -> String?
    {
        switch verdict {
        case .granted(let other) where other.line == grant.line: nil
        case .granted(let other):
            "never decides: line \(other.line), for \(other.owner), comes first for \(grant.owner)"
        case .faulty(let line):
            "never decides: line \(line), which is not understood, comes first for \(grant.owner)"
        case .none:
            "never decides: \(grant.owner) has another name, by which he is known here"
        case .unknown(let errno): "cannot look up the groups of \(grant.owner): \(errno)"
        }
    }

    private static func place(_ grant: UsercgroupEntry, _ finding: String) -> String {
        PolicyFile.place(grant.line, finding)
    }
}
