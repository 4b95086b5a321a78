// The root file system, mounts, hooks and profiles.
extension LogMessage {
    static var ofFiles: [LogMessage] {
        [
            LogMessage(
                "rootfs-open", ["dir_mount", "Failed to open"],
                "The directory of lxc.rootfs.path is not there, or the container's root may not open it.",
                fix: "correct lxc.rootfs.path, or make the container anew."),
            LogMessage(
                "loop", ["Failed to open loop control"],
                "A root file system in an image needs a loop device, which only root may set up.",
                fix: "unpack the image into a directory, and name that at lxc.rootfs.path."),
            LogMessage(
                "overlay", ["ovl_mount", "Failed to mount"],
                "The overlay could not be mounted: one of its directories is not there, or the file "
                    + "system cannot be part of one.",
                fix:
                    "see that all directories of lxc.rootfs.path exist and belong to the container's root."
            ),
            LogMessage(
                "mount-block", ["Operation not permitted - Failed to mount"],
                "A user may mount no block device, and change no option that the host locked.",
                fix: "mount it on the host, and write a line lxc.mount.entry with bind."),
            LogMessage(
                "mount-missing", ["No such file or directory - Failed to mount"],
                "What lxc.mount.entry names is not there, on the host or in the container.",
                fix:
                    "make it, or write create=dir, create=file or optional among the entry's options.",
                follows: ["overlay", "rootfs-open"]),
            LogMessage(
                "rootfs-mount", ["Failed to mount rootfs"],
                "The root file system could not be mounted.", fix: "see the line before it.",
                follows: ["rootfs-open", "overlay", "loop"]),
            LogMessage(
                "hook-start", ["Failed to run lxc.hook."],
                "A hook of the container's ended with an error, or is not there (status 127).",
                fix: "run the program of that lxc.hook line by hand, as the same user."),
            LogMessage(
                "hook", ["hooks"],
                "A hook of the container's ended with an error, or is not there (status 127).",
                fix: "run the program of that lxc.hook line by hand, as the same user."),
            LogMessage(
                "hook-status", ["Script exited with status"],
                "A hook or script of the container's ended with an error.",
                fix: "run it by hand, as the same user.", follows: ["hook-start", "hook"]),
            LogMessage(
                "seccomp", ["Failed to open seccomp policy file"],
                "The file of lxc.seccomp.profile is not there.",
                fix: "correct the path; LXC's own is /usr/share/lxc/config/common.seccomp."),
            LogMessage(
                "apparmor", ["Failed to load apparmor profile"],
                "AppArmor does not take the generated profile: apparmor_parser is missing, or may not "
                    + "load one in this namespace.",
                fix:
                    "install the package apparmor, or write lxc.apparmor.profile = unconfined, which "
                    + "gives its protection up."),
            LogMessage(
                "apparmor-generated", ["Cannot use generated profile"],
                "Only root may load the profile that lxc-start would make for lxc.apparmor.profile = "
                    + "generated.",
                fix:
                    "write unconfined there, which gives AppArmor's protection up, or "
                    + "lxc-container-default-cgns, under which systemd's services fail in the container."
            ),
            LogMessage(
                "apparmor-namespace", ["Error creating AppArmor namespace"],
                "Only root may make what lxc.apparmor.profile = generated needs.",
                fix:
                    "write unconfined there, which gives AppArmor's protection up, or "
                    + "lxc-container-default-cgns, under which systemd's services fail in the container."
            ),
            LogMessage(
                "apparmor-change", ["Failed to write AppArmor profile"],
                "The profile of lxc.apparmor.profile is not loaded, or what confines lxc-start does not "
                    + "let it change to that.",
                fix:
                    "load it as root with apparmor_parser -r, or write lxc-container-default-cgns there."
            ),
            LogMessage(
                "init", ["Failed to exec"],
                "The container's own first program is not there, not executable, or for another kind "
                    + "of processor.",
                fix: "correct lxc.init.cmd, or see to /sbin/init in the root file system."),
            LogMessage(
                "devnull", ["Can't open /dev/null"],
                "The container has no /dev: lxc.autodev is 0, and its root file system has none.",
                fix: "write lxc.autodev = 1."),
            LogMessage(
                "tty", ["Failed to create tty"],
                "lxc.tty.max asks for more terminals than the kernel gives one container.",
                fix: "write a smaller number at lxc.tty.max."),
            LogMessage(
                "terminal", ["Failed to allocate terminal"],
                "The console could not be given to the container's root.",
                fix: "see the lines before it: mostly the map of numbers is at fault.",
                isLastResort: true),
            LogMessage(
                "sysctl", ["Failed to setup sysctl parameters"],
                "A key of lxc.sysctl is not there, or not the container's to set.",
                fix:
                    "correct it, or take it out: only keys of the container's own namespaces can be set."
            ),
            LogMessage(
                "prlimit", ["Failed to set limit"],
                "lxc.prlimit asks for more than the user himself has.",
                fix: "raise the user's hard limit in /etc/security/limits.conf, or write less."),
            LogMessage(
                "proc", ["Failed to setup proc filesystem"],
                "lxc.proc asks for a value that only root may set, such as an oom_score_adj below "
                    + "the user's own.",
                fix: "take the line out, or write a value that the user may set."),
        ]
    }
}
