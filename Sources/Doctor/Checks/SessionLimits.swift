internal import Linux

/// Whether the resource limits of this session leave room for lxc-start: see getrlimit(2). The
/// container inherits them.
enum SessionLimits: Check {
    static let name = "session-limits"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let session = facts.session, !session.limits.isEmpty else { return [] }
        let findings =
            processes(session, facts)
            + ResourceLimit.all.compactMap {
                finding($0, session)
            }
        guard findings.isEmpty else { return findings }
        return [.ok("this session", "its resource limits leave room for a container")]
    }

    private static func processes(_ session: SessionFacts, _ facts: Facts) -> [Finding] {
        let resource = ResourceLimit.processes
        guard let limit = session.limits[resource.kernelName]?.soft,
            // lxc-start forks five times at most while it starts a container.
            limit < UInt64(session.threads) + 8
        else { return [] }
        return [
            .problem(
                "ulimit -u",
                "\(facts.target.name) has \(session.threads) processes and threads, and may have "
                    + "\(limit) in this session, so lxc-start cannot start others",
                raise(resource))
        ]
    }

    private static func finding(_ resource: ResourceLimit, _ session: SessionFacts) -> Finding? {
        guard let option = resource.option,
            let limit = session.limits[resource.kernelName]?.soft, limit < resource.least
        else { return nil }
        return .problem(
            "ulimit -\(option)",
            "this session allows only \(limit) \(resource.meaning), too few for lxc-start, its "
                + "helpers or the container's programs, which inherit the limit", raise(resource))
    }

    private static func raise(_ resource: ResourceLimit) -> Fix {
        .advice(
            "raise the limit \(resource.name) in limits.conf(5), in the unit or in the shell's "
                + "profile that sets it, and log in again")
    }
}
