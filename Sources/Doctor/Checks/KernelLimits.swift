internal import Linux

/// Whether the kernel's limits, for each user and for the whole host, leave room for a container.
enum KernelLimits: Check {
    static let name = "kernel-limits"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let kernel = facts.kernel
        let findings =
            namespaces(facts) + kernel.resources.compactMap { shared($0, facts) }
            + inotify(facts)
        guard findings.isEmpty, !kernel.resources.isEmpty else { return findings }
        return [.ok("/proc/sys", "the limits of the kernel leave room for a container")]
    }

    private static func set(_ setting: String, _ value: Int, _ facts: Facts) -> [Fix] {
        let line = "\(setting) = \(value)"
        return [
            .command("sysctl -w \(setting)=\(value)", by: .root),
            .line(line, to: facts.installation.sysctlFile, by: .root),
        ]
    }

    private static func namespaces(_ facts: Facts) -> [Finding] {
        // The usual values are thousands: half of the possible threads.
        facts.kernel.maxNamespaces.sorted { $0.key < $1.key }.filter { $0.value < 16 }.map {
            let setting = "user.\($0.key)"
            return Finding(
                $0.value < 2 ? .problem : .warning, "\(setting) = \($0.value)",
                $0.value == 0
                    ? "no container can have a namespace of this kind"
                    : "each user can have only \(counted(Int($0.value), "namespace")) of this kind",
                set(setting, 15000, facts))
        }
    }

    private static func shared(_ resource: SharedResource, _ facts: Facts) -> Finding? {
        guard resource.isExhausted else { return nil }
        return Finding(
            .problem, "\(resource.setting) = \(resource.limit)",
            "the host has \(resource.used) \(resource.name), so a container cannot start",
            [.advice("find what uses so many; or raise the limit:")]
                + set(resource.setting, max(2 * resource.limit, 4096), facts))
    }

    /// systemd and many other programs watch files, each with an instance of inotify.
    private static func inotify(_ facts: Facts) -> [Finding] {
        guard let limit = facts.kernel.maxInotifyInstances, limit < 32 else { return [] }
        let setting = "fs.inotify.max_user_instances"
        return [
            Finding(
                .warning, "\(setting) = \(limit)",
                "systemd in a container needs more, and fails with \"Too many open files\"",
                set(setting, 1024, facts))
        ]
    }
}
