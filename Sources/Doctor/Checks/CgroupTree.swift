internal import Cgroups
internal import HostPaths

/// Whether the host has one tree of cgroups that can be delegated.
enum CgroupTree: Check {
    static let name = "cgroup-tree"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let cgroups = facts.cgroups
        if let finding = absence(cgroups) { return [finding] }
        guard !cgroups.isSystemd else {
            return [.ok(Paths.systemdRuntime, "systemd makes this host's cgroups")]
        }
        if let remount = cgroups.remount {
            return [
                .warning(
                    cgroups.mount,
                    "it is mounted without nsdelegate, so a process in a container can move others "
                        + "within all that its user has",
                    .command(remount, by: .root), .advice("have it mounted so at boot, too"))
            ]
        }
        return [.ok(cgroups.mount, "one tree of cgroups, version 2")]
    }

    private static func absence(_ cgroups: CgroupFacts) -> Finding? {
        guard let absence = cgroups.absence else { return nil }
        let advice = absence.fix(by: cgroups.mounter).map { [Fix.advice($0)] } ?? []
        switch (absence, cgroups.mounter) {
        case (.legacy, .openRC), (.hybrid, .openRC):
            return .problem(
                cgroups.mount, absence.situation,
                .line(UnifiedHierarchy.LookupError.settingOfOpenRC, to: "/etc/rc.conf", by: .root),
                .advice("boot again"))
        case (.legacy, .systemd), (.hybrid, .systemd):
            // Containers start there all the same, and get no controllers.
            return Finding(.warning, cgroups.mount, absence.situation, advice)
        case (_, .systemd): return nil
        case (.inContainer, _): return .unknown(cgroups.mount, absence.description)
        default: return Finding(.problem, cgroups.mount, absence.situation, advice)
        }
    }
}
