// Cgroups: what LXC says little about, and what it says at every start.
extension LogMessage {
    static var ofCgroups: [LogMessage] {
        [
            LogMessage(
                "cgroup-skipped", ["is not writable, skipping unified hierarchy"],
                "The cgroup that lxc-start was started in is not this user's, so the container runs "
                    + "without limits: lxc.cgroup2 lines are ignored without a word, and systemd in the "
                    + "container may not start.",
                fix:
                    "start it with berth-run lxc-start, which gives it a cgroup of the user's own; on "
                    + "systemd, systemd-run --user --scope -p Delegate=yes lxc-start.",
                isFatal: false),
            LogMessage(
                "cgroup-busy", ["Device or resource busy - Could not enable"],
                "lxc-start says so once at every start, before it leaves its cgroup. Only where a limit "
                    + "fails after it is something else in that cgroup, mostly the shell.",
                fix:
                    "start it with berth-run lxc-start, which gives lxc-start a cgroup for itself.",
                isFatal: false),
            LogMessage(
                "cgroup-limit", ["Failed to set \""],
                "A limit of lxc.cgroup2 cannot be set: its controller is not there for this user, or the "
                    + "value is not one.",
                fix:
                    "give the user the controller in /etc/lxc/lxc-usercgroup, correct the value, and "
                    + "start it with berth-run lxc-start."),
            LogMessage(
                "cgroup-limits", ["Failed to setup", "limits for container"],
                "The limits of lxc.cgroup2 could not be set.", fix: "see the lines before it.",
                follows: ["cgroup-limit"]),
            LogMessage(
                "cgroup-full", ["Resource temporarily unavailable - Failed to create"],
                "There are as many cgroups as cgroup.max.descendants and cgroup.max.depth allow.",
                fix: "end containers, or raise both in the user's line of /etc/lxc/lxc-usercgroup."
            ),
            LogMessage(
                "cgroup-create", ["Permission denied - Failed to create", "(lxc."],
                "The files of the cgroup are this user's, and its directory is not: lxc-start may make "
                    + "no cgroup in it.",
                fix: "berth doctor names the directory; or start it with berth-run lxc-start."),
            LogMessage(
                "cgroup-enter", ["Permission denied - Failed to enter cgroup"],
                "The cgroup.procs of the cgroup that lxc-start was started in is not this user's.",
                fix: "start it with berth-run lxc-start; berth doctor names the file."),
            LogMessage(
                "cgroup-dir", ["lxc.cgroup.dir paths may not be absolute"],
                "lxc.cgroup.dir counts from the cgroup that lxc-start is started in.",
                fix: "write it without the first slash, or take it out."),
            LogMessage(
                "cgroup-attach", ["Failed to move process into target cgroup"],
                "This session's cgroup and the container's have no common ancestor that the user may "
                    + "write.",
                fix: "run berth-run lxc-attach, so that both are beneath the user's own cgroup."),
            LogMessage(
                "init-scope", ["Failed to create /init.scope control group"],
                "systemd in the container was given no cgroup of its own.",
                fix:
                    "start it with berth-run lxc-start, and see to the cgroup checks of berth doctor."
            ),
        ]
    }
}
