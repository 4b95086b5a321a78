internal import HostPaths
internal import Linux

/// Whether the user may have one more NIC on each bridge that the configuration names.
enum Quota: Check {
    static let name = "quota"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.usernet.file.exists, facts.usernet.file.isReadable else { return [] }
        return facts.usernet.quotas.compactMap { quota in
            quota.name.map { finding(quota, on: $0, facts) }
        }
    }

    private static func finding(
        _ quota: UsernetFacts.BridgeQuota, on bridge: String, _ facts: Facts
    ) -> Finding {
        let path = Paths.usernet
        let user = facts.target.name
        // Correct an invalid line for the user instead of adding another.
        if let line = quota.decidingInvalidLine {
            return .problem(
                "\(path):\(line.number)", "the line grants \(user) nothing: \(line.reason)",
                line.fix(in: path))
        }
        guard let last = quota.lines.last else {
            return .problem(
                path,
                "no line lets \(user) attach a veth to \(bridge)"
                    + (quota.excluding.map { ": \($0)" } ?? ""),
                .line("\(facts.target.ownerField) veth \(bridge) 10", to: path, by: .root))
        }
        guard quota.hasFreeQuota else {
            // Raises the count, the fourth word, and keeps the others.
            let expression = quoted("\(last.number)s/\\S\\+/\(last.count + 10)/4")
            let remedy =
                quota.used == 0
                ? "raise the count in the line"
                : "stop a container that has one (berth nics lists them), or raise the count"
            return .problem(
                "\(path):\(last.number)",
                "\(user) has used \(quota.used ?? 0) of \(quota.allowed) NICs on \(bridge): "
                    + "\(remedy)",
                .command("sed -i \(expression) \(path)", by: .root))
        }
        let place = "\(path):\(listed(quota.lines.map { "\($0.number)" }))"
        let options = options(quota.lines)
        guard let used = quota.used else {
            return .ok(
                place,
                "\(user) may have \(quota.allowed) NICs on \(bridge); only root sees how many are "
                    + "used" + options)
        }
        return .ok(
            place, "\(user) has used \(used) of \(quota.allowed) NICs on \(bridge)" + options)
    }

    /// The options of each line that has some.
    private static func options(_ lines: [UsernetFacts.Line]) -> String {
        lines.filter { !$0.options.isEmpty }.map {
            (lines.count == 1 ? ", with " : "; line \($0.number) has ")
                + $0.options.joined(separator: " ")
        }.joined()
    }
}
