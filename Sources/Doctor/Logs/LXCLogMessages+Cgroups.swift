/// Messages about cgroups and limits.
extension LXCLogMessage {
    static var ofCgroups: [LXCLogMessage] {
        [
            LXCLogMessage(
                "cgroup-skipped", ["is not writable, skipping unified hierarchy"],
                "lxc-start ran in a cgroup of another user, so the container runs without limits: "
                    + "lxc.cgroup2 lines are silently ignored, and systemd may not start.",
                fix: "start the container with berth-run lxc-start.",
                isFatal: false),
            LXCLogMessage(
                "cgroup-busy", ["Device or resource busy - Could not enable"],
                "lxc-start prints this once at every start, before it leaves its cgroup. If a "
                    + "limit then cannot be set, another process, usually the shell, is in that "
                    + "cgroup.",
                fix: "start the container with berth-run lxc-start.",
                isFatal: false),
            LXCLogMessage(
                "cgroup-limit", ["Failed to set \""],
                "A limit of lxc.cgroup2 cannot be set: its controller is not available to this "
                    + "user, or the value is invalid.",
                fix: "grant the user the controller in /etc/lxc/lxc-usercgroup, correct the value, "
                    + "and start the container with berth-run lxc-start."),
            LXCLogMessage(
                "cgroup-limits", ["Failed to setup", "limits for container"],
                "The limits of lxc.cgroup2 could not be set.", fix: "read the lines before it.",
                follows: ["cgroup-limit"]),
            LXCLogMessage(
                "cgroup-full", ["Resource temporarily unavailable - Failed to create"],
                "cgroup.max.descendants or cgroup.max.depth is reached.",
                fix: "stop containers, or raise both in the user's line of /etc/lxc/lxc-usercgroup."
            ),
            LXCLogMessage(
                "cgroup-create", ["Permission denied - Failed to create", "(lxc."],
                "The files of the cgroup belong to this user, but its directory does not, so "
                    + "lxc-start cannot create a cgroup in it.",
                fix: "run berth doctor, which names the directory; or use berth-run lxc-start."),
            LXCLogMessage(
                "cgroup-enter", ["Permission denied - Failed to enter cgroup"],
                "lxc-start ran in a cgroup whose cgroup.procs does not belong to this user.",
                fix: "use berth-run lxc-start; berth doctor names the file."),
            LXCLogMessage(
                "cgroup-dir", ["lxc.cgroup.dir paths may not be absolute"],
                "lxc.cgroup.dir is relative to the cgroup that lxc-start runs in.",
                fix: "remove the leading slash, or the line."),
            LXCLogMessage(
                "cgroup-attach", ["Failed to move process into target cgroup"],
                "No common ancestor of the session's and the container's cgroup is writable.",
                fix: "run berth-run lxc-attach, so that both are below the user's own cgroup."),
            LXCLogMessage(
                "init-scope", ["Failed to create /init.scope control group"],
                "systemd in the container has no cgroup of its own.",
                fix: "start it with berth-run lxc-start; see the cgroup checks of berth doctor."
            ),
        ]
    }
}
