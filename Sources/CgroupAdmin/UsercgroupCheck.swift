internal import Cgroups
internal import Delegation
internal import HostPaths
package import Linux

/// `berth-cgroup check`: validates lxc-usercgroup and changes nothing.
package enum UsercgroupCheck {
    package static func run() throws(Failure) -> ChangeReport {
        var report = ChangeReport()
        let file = try UsercgroupFile.load()
        guard file.exists else {
            report.warnings.append(
                "\(Paths.usercgroup) does not exist, so no user may have cgroups")
            return report
        }
        report.problems = file.invalidLineMessages
        report.warnings = warnings(file)
        if let tree = try? UnifiedHierarchy.find(), let host = try? tree.root.controllers() {
            for entry in file.validEntries {
                report.problems += tree.missingSupport(for: entry, of: host).limits
                    .map { entry.message("\($0): \($0.fix)") }
            }
            report.warnings += RequiredControllers(file.validEntries, of: host).warnings
        }
        return report
    }

    /// Valid lines that have no effect.
    private static func warnings(_ file: UsercgroupFile) -> [String] {
        var warnings: [String] = []
        var lines: [[UInt8]: Int] = [:]
        for entry in file.validEntries {
            if let first = lines[entry.owner.field] {
                warnings.append(
                    entry.message("has no effect: line \(first) already applies to \(entry.owner)"))
                continue
            }
            lines[entry.owner.field] = entry.line
            if let warning = warning(entry, file) { warnings.append(entry.message(warning)) }
        }
        return warnings
    }

    private static func warning(_ entry: UsercgroupEntry, _ file: UsercgroupFile) -> String? {
        do throws(Errno) {
            if try entry.owner.isMissingGroup { return "there is no group \(entry.owner)" }
            guard case .user(let name) = entry.owner else { return nil }
            guard let account = try Accounts.member(of: name) else {
                return "there is no user \(entry.owner)"
            }
            guard account.credentials.user != .root else {
                return "root needs no line: root can use every cgroup"
            }
            return warning(entry, file.decision(for: account.credentials))
        } catch { return "cannot look up \(entry.owner): \(error)" }
    }

    private static func warning(
        _ entry: UsercgroupEntry, _ decision: UsercgroupFile.Decision
    ) -> String? {
        switch decision {
        case .granted(let other) where other.line == entry.line: nil
        case .granted(let other):
            "has no effect: line \(other.line), for \(other.owner), applies to \(entry.owner) first"
        case .invalid(let invalid):
            "has no effect: line \(invalid.line), which is invalid, applies to \(entry.owner) first"
        case .notListed:
            "has no effect: \(entry.owner) is not the primary name of its user ID: write the name "
                + "that id(1) prints"
        case .accountsUnavailable(let errno):
            "cannot look up the groups of \(entry.owner): \(errno)"
        }
    }
}
