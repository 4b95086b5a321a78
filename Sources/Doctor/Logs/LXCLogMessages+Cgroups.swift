/// Messages about cgroups and limits.
extension LXCLogMessage {
    static var ofCgroups: [LXCLogMessage] {
        ofDelegation + ofLimits + [
            LXCLogMessage(
                "cgroup-old-lxc", Pattern("no systemd controller mountpoint found"),
                meaning: "This LXC (2 or older) needs the cgroup v1 hierarchy of systemd, and "
                    + "does not support cgroup2.",
                advice: "upgrade LXC to version 5 or later, which uses cgroup2"),
            LXCLogMessage(
                "cgroup-layout", Pattern("unsupported cgroup layout"),
                Pattern("No unified cgroup hierarchy mounted"),
                meaning: "This version of LXC does not support the way in which cgroups are "
                    + "mounted on this host.", advice: mountCgroup2),
            LXCLogMessage(
                "cgroup-legacy", Pattern("Unsupported cgroup layout"), from: .warning,
                meaning: "Hierarchies of cgroup version 1 are mounted, which LXC 7 no longer "
                    + "supports: limits may be missing.", advice: mountCgroup2, isFatal: false),
            LXCLogMessage(
                "cgroup-controllers",
                Pattern("One or more requested controllers unavailable or not delegated"),
                Pattern("There is no useable", "controller"),
                meaning: "lxc.cgroup.use of lxc.conf names a controller that this user does not "
                    + "have.",
                advice: "remove it from /etc/lxc/lxc.conf or ~/.config/lxc/lxc.conf"),
            LXCLogMessage(
                "cgroup-scope", Pattern("Failed opening dbus connection"),
                Pattern("Failed opening user dbus"), Pattern("Failed saying hello to systemd"),
                Pattern("Failed subscribing to dbus signals"),
                Pattern("error sending signal subscribe message"),
                Pattern("unpriv_systemd_create_scope: MATCH ERROR"),
                Pattern("Failed sending hello message to systemd"),
                Pattern("pending was NULL after saying hello to systemd"),
                Pattern("Failed stealing reply from systemd"),
                Pattern("Failed parsing reply from systemd"),
                Pattern("systemd's reply was", "not DBUS_TYPE_STRING"),
                Pattern("Failed delegating the controllers to our cgroup"),
                Pattern("Environment variable 'DBUS_SESSION_BUS_ADDRESS' not set"), from: .warning,
                meaning: "lxc-start (6.0 and later) could not ask the user's systemd manager for a "
                    + "scope, and continues in the cgroup that it was started in.",
                fix: [LXCLogHost.runInCgroup], isFatal: false),
            LXCLogMessage(
                "cgroup-same-scope", Pattern("Already in a scope, must be a reboot"),
                meaning: "LXC 7 prints this when a container reboots; it has no effect.",
                isFatal: false),
            LXCLogMessage(
                "cgroup-mount", Pattern("Failed to mount cgroup2"),
                Pattern("Failed to force mount cgroup filesystem"),
                Pattern("Failed to mount \"/sys/fs/cgroup\""),
                errno: .EPERM, .EACCES,
                meaning: "The kernel does not let the container mount cgroup2: /sys/fs/cgroup of "
                    + "this host is partly covered by other mounts, as in a container, or "
                    + "lxc-start runs in a cgroup that is not delegated to the user.",
                fix: [LXCLogHost.runInCgroup],
                advice: "if that does not help, remove cgroup:rw:force and the like from "
                    + "lxc.mount.auto",
                follows: ["mount-covered"]),
            LXCLogMessage(
                "init-scope", Pattern("Failed to create /init.scope control group"), from: .info,
                meaning: "systemd in the container has no cgroup of its own.",
                fix: [LXCLogHost.runInCgroup],
                advice: "see the cgroup checks of berth doctor"),
            .generic(
                "cgroups",
                anyOf: [
                    Pattern("Failed creating cgroups"), Pattern("Failed to create monitor cgroup"),
                    Pattern("Failed to create container cgroup"),
                    Pattern("Failed to enter monitor cgroup"), Pattern("Failed to enter cgroups"),
                    Pattern("Failed to initialize cgroup driver"),
                    Pattern("failed initializing cgroup support"),
                    Pattern("Failed to mount cgroups"),
                    Pattern("Failed to delegate controllers"),
                    Pattern("Failed to initialize cgroups"),
                ], meaning: "The container's cgroup could not be created or entered."),
        ]
    }

    private static var mountCgroup2: String {
        "mount cgroup2 at /sys/fs/cgroup as the only hierarchy; the check cgroup-tree of berth "
            + "doctor says how"
    }

    private static var ofDelegation: [LXCLogMessage] {
        [
            LXCLogMessage(
                "cgroup-skipped", Pattern("is not writable, skipping unified hierarchy"),
                from: .debug,
                meaning: "lxc-start ran in a cgroup of another user, so the container runs without "
                    + "limits: lxc.cgroup2 lines are silently ignored, and systemd may not start.",
                fix: [LXCLogHost.runInCgroup], isFatal: false),
            LXCLogMessage(
                "cgroup-busy", Pattern("Could not enable"), errno: .EBUSY,
                meaning: "lxc-start prints this once at every start, before it leaves its cgroup. "
                    + "If a limit then cannot be set, another process, usually the shell, is in "
                    + "that cgroup.",
                fix: [LXCLogHost.runInCgroup], isFatal: false),
            LXCLogMessage(
                "cgroup-undelegated", Pattern("Could not enable"),
                errno: .EACCES, .EPERM,
                meaning: "lxc-start ran in a cgroup whose cgroup.subtree_control does not belong "
                    + "to this user.",
                fix: [LXCLogHost.runInCgroup], isFatal: false),
            LXCLogMessage(
                "cgroup-create", Pattern("Failed to create", "(lxc."),
                errno: .EACCES, .EPERM,
                meaning: "The files of the cgroup belong to this user, but its directory does not, "
                    + "so lxc-start cannot create a cgroup in it.",
                fix: [LXCLogHost.runInCgroup], advice: "berth doctor names the directory"),
            LXCLogMessage(
                "cgroup-full", Pattern("Failed to create", "(lxc."), errno: .EAGAIN,
                meaning: "cgroup.max.descendants or cgroup.max.depth is reached.",
                advice: "stop containers, or ask the administrator to raise the limit in the "
                    + "user's line of /etc/lxc/lxc-usercgroup"),
            LXCLogMessage(
                "cgroup-read-only", Pattern("Failed to create", "(lxc."), errno: .EROFS,
                meaning: "/sys/fs/cgroup is mounted read-only, as in a container.",
                advice: "start the container on the host, or mount cgroup2 writable in the "
                    + "container that is its host"),
            LXCLogMessage(
                "cgroup-enter", Pattern("Failed to enter cgroup"),
                errno: .EACCES, .EPERM,
                meaning: "lxc-start ran in a cgroup whose cgroup.procs does not belong to this "
                    + "user.",
                fix: [LXCLogHost.runInCgroup], advice: "berth doctor names the file"),
            LXCLogMessage(
                "cgroup-attach", Pattern("Failed to move process into target cgroup"),
                errno: .EACCES, .EPERM, .ENOENT,
                meaning: "No common ancestor of the session's and the container's cgroup is "
                    + "writable.",
                advice: "run berth-run lxc-attach, so that both are below the user's own cgroup"),
        ]
    }

    private static var ofLimits: [LXCLogMessage] {
        let set = Pattern("Failed to set \"", "\" to \"", in: "cgfsng_setup_limits")
        return [
            LXCLogMessage(
                "cgroup-limit", set, errno: .ENOENT, .EACCES, .EPERM,
                meaning: "A limit of lxc.cgroup2 cannot be set: its controller is not available to "
                    + "this user.",
                fix: [LXCLogHost.runInCgroup],
                advice: "ask the administrator to grant the controller in "
                    + "/etc/lxc/lxc-usercgroup; berth doctor shows which are granted"),
            LXCLogMessage(
                "cgroup-limit-value", set, errno: .EINVAL, .ERANGE, .ENODEV,
                meaning: "The kernel rejects the value of a limit of lxc.cgroup2.",
                advice: "correct the value in the configuration"),
            LXCLogMessage(
                "cgroup-limits", Pattern("Failed to setup", "limits for container"),
                Pattern("Failed to setup cgroup2 device controller limits"),
                Pattern("Failed to setup legacy device"),
                meaning: "The limits of lxc.cgroup2 could not be set.",
                advice: "read the lines before it",
                follows: ["cgroup-limit", "cgroup-limit-value"],
                isGeneric: true),
            LXCLogMessage(
                "cgroup-dir", Pattern("lxc.cgroup.dir", "paths may not be absolute"),
                Pattern("lxc.cgroup.dir", "paths may not walk upwards"),
                Pattern("lxc.cgroup.dir", "must be a single directory name"),
                meaning: "lxc.cgroup.dir is relative to the cgroup that lxc-start runs in.",
                advice: "remove the leading slash or the .. from it, or remove the line"),
        ]
    }
}
