internal import Cgroups
internal import HostPaths

/// Whether the host has a single cgroup2 hierarchy, and it can be delegated safely.
enum CgroupTree: Check {
    static let name = "cgroup-tree"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let cgroups = facts.cgroups
        if let finding = lookupFailure(cgroups) { return [finding] }
        guard !cgroups.isSystemd else {
            return [.ok(Paths.systemdRuntime, "systemd manages the cgroups of this host")]
        }
        if let remount = cgroups.remount {
            return [
                .warning(
                    cgroups.mount,
                    "it is mounted without nsdelegate, so a process in a container can move "
                        + "processes between all cgroups of its user",
                    .command(remount, by: .root),
                    .advice("set the option nsdelegate for the mount at boot, too"))
            ]
        }
        return [.ok(cgroups.mount, "a single cgroup2 hierarchy")]
    }

    private static func lookupFailure(_ cgroups: CgroupFacts) -> Finding? {
        guard let error = cgroups.lookupError else { return nil }
        let advice = error.fix(by: cgroups.mounter).map { [Fix.advice($0)] } ?? []
        switch (error, cgroups.mounter) {
        case (.legacy, .openRC), (.hybrid, .openRC):
            return .problem(
                cgroups.mount, error.situation,
                .line(UnifiedHierarchy.LookupError.settingOfOpenRC, to: "/etc/rc.conf", by: .root),
                .advice("reboot"))
        case (.legacy, .systemd), (.hybrid, .systemd):
            // Containers start, but without controllers.
            return Finding(.warning, cgroups.mount, error.situation, advice)
        case (_, .systemd): return nil
        case (.inContainer, _): return .unknown(cgroups.mount, error.description)
        default: return Finding(.problem, cgroups.mount, error.situation, advice)
        }
    }
}
