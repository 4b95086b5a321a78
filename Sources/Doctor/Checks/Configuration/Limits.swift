internal import HostPaths
internal import Linux

/// Whether the limits and kernel settings of the configuration can be set.
enum Limits: Check {
    static let name = "limits"

    static func findings(_ facts: Facts) -> [Finding] {
        let findings =
            versionOne(facts) + controllers(facts) + sysctls(facts)
            + processSettings(facts) + ProcessLimits.findings(facts)
        guard findings.isEmpty, !facts.config.limits.isEmpty else {
            return findings.bounded(facts)
        }
        return [.ok(facts.config.path.quoted, "the keys of its limits are valid")]
    }

    /// Keys of cgroup version 1 with the same meaning, and unit, in version 2.
    private static let successors = [
        "memory.limit_in_bytes": "memory.max", "memory.soft_limit_in_bytes": "memory.low",
        "cpuset.cpus": "cpuset.cpus", "cpuset.mems": "cpuset.mems", "pids.max": "pids.max",
    ]

    private static func versionOne(_ facts: Facts) -> [Finding] {
        guard facts.cgroups.lookupError == nil,
            facts.installation.lxcVersion.map({ $0.major < 7 }) ?? true
        else { return [] }
        return facts.config.all("lxc.cgroup").map { setting in
            let name = String(
                decoding: setting.key.bytes.dropFirst("lxc.cgroup.".utf8.count), as: UTF8.self)
            let new = successors[name].map { "lxc.cgroup2.\($0)" }
            return .problem(
                setting.place.text,
                "\(setting.key.quoted) is a limit of cgroup version 1, and this host has version 2",
                new.map {
                    facts.edit(setting.place, "s/^[^=]*=/\($0) =/", else: "write \($0)")
                } ?? facts.disable(setting.place))
        }
    }

    /// The controllers that have files of their own: see cgroups(7).
    private static let controllerNames = [
        "cpu", "cpuset", "dmem", "hugetlb", "io", "memory", "misc", "perf_event", "pids", "rdma",
    ]

    /// LXC writes each setting to the file of that name in the container's cgroup.
    private static func controllers(_ facts: Facts) -> [Finding] {
        let settings = facts.config.all("lxc.cgroup2").filter {
            !$0.key.hasPrefix("lxc.cgroup2.devices.")
        }
        return settings.compactMap { setting in
            let file = setting.key.bytes.dropFirst("lxc.cgroup2.".utf8.count)
            let name = String(decoding: file.prefix { $0 != 0x2e }, as: UTF8.self)
            guard name != "cgroup" else { return nil }
            guard controllerNames.contains(name) else {
                return .problem(
                    setting.place.text, "no controller is named \(UntrustedText(name).quoted)",
                    .advice("write the name of a file of cgroup version 2, such as memory.max"))
            }
            guard facts.cgroups.available.isEmpty || facts.cgroups.available.contains(name) else {
                let text = "this kernel has no controller \(name), so LXC cannot set the limit"
                let fix = facts.disable(setting.place)
                // Without a cgroup of its own, the container starts.
                guard case .line = facts.cgroups.line else {
                    return .warning(setting.place.text, text, fix)
                }
                return .problem(setting.place.text, text, fix)
            }
            guard !facts.cgroups.isSystemd,
                case .line(let number, let granted, _, _) = facts.cgroups.line,
                granted != ["*"], !granted.contains(name)
            else { return nil }
            return .problem(
                setting.place.text,
                "line \(number) of \(Paths.usercgroup) does not grant \(facts.target.name) the "
                    + "controller \(name)",
                .advice("as root, add \(name) to the line; or remove the limit:"),
                facts.disable(setting.place))
        }
    }

    private static func sysctls(_ facts: Facts) -> [Finding] {
        let mountsProc = facts.config.all("lxc.mount.auto").contains { setting in
            setting.value.bytes.split(separator: 0x20).contains { $0.elementsEqual("proc:rw".utf8) }
        }
        return facts.config.all("lxc.sysctl").compactMap { setting in
            if facts.missingSysctls.contains(setting) {
                return .problem(
                    setting.place.text, "this kernel has no setting for \(setting.key.quoted)",
                    facts.disable(setting.place))
            }
            guard !setting.key.hasPrefix("lxc.sysctl.net."), !mountsProc else { return nil }
            return .problem(
                setting.place.text,
                "\(setting.key.quoted) cannot be set: /proc/sys is read-only in the container, "
                    + "except for net",
                .advice(
                    "set it on the host, if it applies to the whole host; in the container, "
                        + "comment the line out:"), facts.disable(setting.place))
        }
    }

    /// The files of /proc/PID of a container's init belong to its root.
    private static func processSettings(_ facts: Facts) -> [Finding] {
        facts.config.all("lxc.proc").map { setting in
            .problem(
                setting.place.text,
                "only root can set \(setting.key.quoted): lxc-start of a user may not write there",
                facts.disable(setting.place))
        }
            + [facts.config.setting("lxc.monitor.unshare")].compactMap { $0 }
            .filter { !($0.value == "0") }.map { setting in
                .problem(
                    setting.place.text, "only root can use \(setting.key.quoted)",
                    facts.disable(setting.place))
            }
    }
}
