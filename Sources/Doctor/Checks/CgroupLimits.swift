internal import Linux

/// Whether the limits of the user's cgroups have stopped containers or their programs.
enum CgroupLimits: Check {
    static let name = "cgroup-limits"

    static func findings(_ facts: Facts) -> [Finding] {
        let events = facts.cgroups.events
        guard events.isEmpty else { return events.map { finding($0) }.bounded(facts) }
        guard let path = facts.cgroups.delegated?.path else { return [] }
        return [.ok(path, "no limit of the user's cgroups was reached")]
    }

    private static func finding(_ event: CgroupEvent) -> Finding {
        let place = event.path.quoted
        let limit = event.limit.quoted
        switch event.kind {
        case .memory(let count):
            return .warning(
                place,
                "the memory limit, \(limit) bytes, was reached \(times(count)) since the "
                    + "cgroup was created, and the kernel killed processes in it: see dmesg(1)",
                .advice(
                    "raise lxc.cgroup2.memory.max of the container, or the limit in "
                        + "/etc/lxc/lxc-usercgroup; or find what uses the memory"))
        case .processes(let count):
            return .warning(
                place,
                "the limit on processes and threads, \(limit), was reached \(times(count)) since "
                    + "the cgroup was created, so its programs could not start further "
                    + "processes or threads",
                .advice(
                    "raise lxc.cgroup2.pids.max of the container, or the limit in "
                        + "/etc/lxc/lxc-usercgroup"))
        case .frozen:
            return .warning(
                place,
                "the cgroup is frozen, so no process in it runs, and lxc-stop does not get an "
                    + "answer",
                .advice("run lxc-unfreeze -n NAME, if lxc-freeze was not intended"))
        case .descendants:
            return .problem(
                place,
                "as many cgroups exist below it as this limit allows, \(limit), so no "
                    + "container can start, and systemd in a container fails",
                .advice(
                    "raise the limit in /etc/lxc/lxc-usercgroup, or remove cgroups that are not "
                        + "used"))
        }
    }

    private static func times(_ count: Int) -> String {
        count == 1 ? "once" : "\(count) times"
    }
}
