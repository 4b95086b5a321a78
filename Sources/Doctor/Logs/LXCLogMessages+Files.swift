/// Messages about the root file system, mounts, hooks and profiles.
extension LXCLogMessage {
    static var ofFiles: [LXCLogMessage] {
        [
            LXCLogMessage(
                "rootfs-open", ["dir_mount", "Failed to open"],
                "lxc.rootfs.path does not exist, or the container's root cannot open it.",
                fix: "correct lxc.rootfs.path, or recreate the container."),
            LXCLogMessage(
                "loop", ["Failed to open loop control"],
                "A root file system in an image needs a loop device, which only root may set up.",
                fix: "unpack the image into a directory, and name that in lxc.rootfs.path."),
            LXCLogMessage(
                "overlay", ["ovl_mount", "Failed to mount"],
                "The overlay could not be mounted: one of its directories does not exist, or its "
                    + "file system does not support overlays.",
                fix: "create the directories of lxc.rootfs.path, owned by the container's root."
            ),
            LXCLogMessage(
                "mount-block", ["Operation not permitted - Failed to mount"],
                "A user cannot mount block devices, or change locked mount options.",
                fix: "mount it on the host, and bind-mount it with lxc.mount.entry."),
            LXCLogMessage(
                "mount-missing", ["No such file or directory - Failed to mount"],
                "The source or the target of an lxc.mount.entry does not exist.",
                fix: "create it, or add the option create=dir, create=file or optional.",
                follows: ["overlay", "rootfs-open"]),
            LXCLogMessage(
                "rootfs-mount", ["Failed to mount rootfs"],
                "The root file system could not be mounted.", fix: "read the line before it.",
                follows: ["rootfs-open", "overlay", "loop"]),
            LXCLogMessage(
                "hook-start", ["Failed to run lxc.hook."],
                "A hook of the container failed, or does not exist (status 127).",
                fix: "run the program of the lxc.hook line by hand, as the same user."),
            LXCLogMessage(
                "hook", ["hooks"],
                "A hook of the container failed, or does not exist (status 127).",
                fix: "run the program of the lxc.hook line by hand, as the same user."),
            LXCLogMessage(
                "hook-status", ["Script exited with status"],
                "A hook or script of the container failed.",
                fix: "run it by hand, as the same user.", follows: ["hook-start", "hook"]),
            LXCLogMessage(
                "seccomp", ["Failed to open seccomp policy file"],
                "The file that lxc.seccomp.profile names does not exist.",
                fix: "correct the path; LXC's own file is /usr/share/lxc/config/common.seccomp."),
            LXCLogMessage(
                "apparmor", ["Failed to load apparmor profile"],
                "AppArmor rejects the generated profile: apparmor_parser is missing, or cannot "
                    + "load profiles in this namespace.",
                fix: "install the package apparmor, or write lxc.apparmor.profile = unconfined, "
                    + "which disables AppArmor for the container."),
            LXCLogMessage(
                "apparmor-generated", ["Cannot use generated profile"],
                "Only root may load the profile that lxc-start generates.",
                fix: withoutGeneratedProfile),
            LXCLogMessage(
                "apparmor-namespace", ["Error creating AppArmor namespace"],
                "Only root may create the AppArmor namespace of a generated profile.",
                fix: withoutGeneratedProfile),
            LXCLogMessage(
                "apparmor-change", ["Failed to write AppArmor profile"],
                "The profile that lxc.apparmor.profile names is not loaded, or the profile that "
                    + "confines lxc-start does not allow the change to it.",
                fix: "as root, load it with apparmor_parser -r; or write lxc.apparmor.profile = "
                    + "lxc-container-default-cgns."
            ),
            LXCLogMessage(
                "init", ["Failed to exec"],
                "The container's init is missing, not executable, or of another architecture.",
                fix: "correct lxc.init.cmd, or check /sbin/init in the root file system."),
            LXCLogMessage(
                "devnull", ["Can't open /dev/null"],
                "The container has no /dev: lxc.autodev is 0, and its root file system has none.",
                fix: "write lxc.autodev = 1."),
            LXCLogMessage(
                "tty", ["Failed to create tty"],
                "lxc.tty.max exceeds the number of terminals that the kernel allows a container.",
                fix: "write a smaller number in lxc.tty.max."),
            LXCLogMessage(
                "terminal", ["Failed to allocate terminal"],
                "LXC could not change the owner of the console to the container's root.",
                fix: "read the lines before it: usually the ID map is wrong.",
                isGeneric: true),
            LXCLogMessage(
                "sysctl", ["Failed to setup sysctl parameters"],
                "A key of lxc.sysctl does not exist, or the container cannot set it.",
                fix: "correct or remove it: a container can set only keys of its own namespaces."),
            LXCLogMessage(
                "prlimit", ["Failed to set limit"],
                "A limit of lxc.prlimit exceeds the user's hard limit.",
                fix: "raise the hard limit in /etc/security/limits.conf, or lower the value."),
            LXCLogMessage(
                "proc", ["Failed to setup proc filesystem"],
                "A value of lxc.proc needs root, such as a lower oom_score_adj than lxc-start has.",
                fix: "remove the line, or write a value that the user may set."),
        ]
    }

    private static var withoutGeneratedProfile: String {
        "write lxc.apparmor.profile = unconfined, which disables AppArmor for the container, or "
            + "lxc-container-default-cgns, under which systemd services in the container fail."
    }
}
