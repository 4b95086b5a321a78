internal import HostPaths

/// Whether the user may have one more NIC on each bridge that his container names.
enum Quota: Check {
    static let name = "quota"

    static func findings(_ facts: Facts) -> [Finding] {
        let usernet = facts.usernet
        guard usernet.exists, usernet.isReadable else { return [] }
        return usernet.bridges.filter(\.isValid).map { on in finding(on, facts) }
    }

    private static func finding(_ on: UsernetFacts.OnBridge, _ facts: Facts) -> Finding {
        let path = Paths.usernet
        let user = facts.subject.name
        // A line that is meant for him is put right, and not doubled.
        if let faulty = on.decisive {
            return .problem(
                "\(path):\(faulty.number)", "the line gives \(user) nothing: \(faulty.reason)",
                faulty.fix(in: path))
        }
        guard let last = on.lines.last else {
            return .problem(
                path, "no line lets \(user) have a veth on \(on.name)",
                .line("\(facts.subject.field) veth \(on.name) 10", to: path, by: .root))
        }
        guard on.hasRoom else {
            // The count is the fourth word; the others stay what they are.
            let more = quoted("\(last.number)s/\\S\\+/\(last.count + 10)/4")
            let stop =
                on.used == 0 ? "" : "a container that has one stops (berth nics lists them), or "
            return .problem(
                "\(path):\(last.number)",
                "\(user) has \(on.used ?? 0) of \(on.allowed) NICs on \(on.name), and gets no other "
                    + "before \(stop)the line allows more",
                .command("sed -i \(more) \(path)", by: .root))
        }
        let lines = listed(on.lines.map { "\($0.number)" })
        guard let used = on.used else {
            return .ok(
                "\(path):\(lines)",
                "\(user) may have \(on.allowed) NICs on \(on.name); how many he has only root sees")
        }
        return .ok("\(path):\(lines)", "\(user) has \(used) of \(on.allowed) NICs on \(on.name)")
    }
}
