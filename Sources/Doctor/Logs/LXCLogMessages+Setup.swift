/// Messages about the setup inside the container: devices, terminals, kernel settings, limits of
/// processes, hooks, and its init.
extension LXCLogMessage {
    static func ofSetup(_ host: LXCLogHost) -> [LXCLogMessage] {
        ofHooks + ofDevices + ofSettings + ofInit + [
            .generic(
                "setup",
                anyOf: [
                    Pattern("Failed to setup container"), Pattern("Failed to allocate ttys"),
                    Pattern("Failed to create ttys"), Pattern("Failed to setup console"),
                    Pattern("Failed to setup sysctl parameters", in: "lxc_setup"),
                    Pattern("Failed to setup procfs limits"),
                    Pattern("Failed to setup resource limits"),
                    Pattern("Failed to set up id mapping"), Pattern("Failed to write mapping:"),
                    Pattern("id mappings for child process"),
                    Pattern("Failed to populate \"/dev\""), Pattern("Failed to setup capabilities"),
                    Pattern("Running parent function failed"),
                    Pattern("Running function in new user namespace failed"),
                    Pattern("to tell us to proceed"), Pattern("child process", "to proceed"),
                    Pattern("Child terminated with error"),
                ], meaning: "A step of the container's setup failed.")
        ]
    }

    private static var ofHooks: [LXCLogMessage] {
        let advice = "run the program of the lxc.hook line by hand, as the same user"
        let meaning =
            "A hook of the container failed; status 127 usually means that it does not exist, 126 "
            + "that it is not executable."
        return [
            LXCLogMessage(
                "hook-start", Pattern("Failed to run lxc.hook."),
                Pattern("Failed to run \"lxc.hook."), meaning: meaning, advice: advice),
            LXCLogMessage(
                "hook", Pattern("Failed to run", "hooks"), meaning: meaning, advice: advice),
            LXCLogMessage(
                "hook-missing", Pattern("Start hook", "not found in container"),
                meaning: "The program of lxc.hook.start, which runs inside the container, does not "
                    + "exist there.",
                advice: "install it in the container, or remove the line"),
            LXCLogMessage(
                "hook-status", Pattern("Script exited with status"),
                Pattern("Script terminated by signal"), Pattern("Script exited with error"),
                meaning: "A hook or script of the container failed.",
                advice: "run it by hand, as the same user", follows: ["hook-start", "hook"]),
        ]
    }

    private static var ofDevices: [LXCLogMessage] {
        let null = [Pattern("Can't open /dev/null"), Pattern("Can't open \"/dev/null\"")]
        return [
            LXCLogMessage(
                "devnull", anyOf: null, errno: [.ENOENT],
                meaning: "The container has no /dev: lxc.autodev is 0, and its root file system "
                    + "has none.",
                advice: "write lxc.autodev = 1"),
            LXCLogMessage(
                "devnull-nodev", anyOf: null, errno: [.EACCES, .ENXIO],
                meaning: "The container's /dev/null is not a usable device: its file system is "
                    + "mounted nodev, or it is a file.",
                advice: "write lxc.autodev = 1"),
            LXCLogMessage(
                "tty", Pattern("Failed to create tty"), Pattern("Failed to allocate console"),
                errno: .ENOTTY, .ENOSPC,
                meaning: "lxc.tty.max or lxc.pty.max exceeds the number of terminals that the "
                    + "kernel allows a container, or kernel.pty.max is reached.",
                advice: "write a smaller number in lxc.tty.max, or a larger one in lxc.pty.max"),
            .generic(
                "terminal",
                anyOf: [
                    Pattern("Failed to allocate terminal"), Pattern("Failed to chown terminal"),
                    Pattern("Failed to chown", "to 0:"),
                ],
                meaning:
                    "LXC could not allocate the console, or could not give it to the "
                    + "container's root."),
        ]
    }

    private static var ofSettings: [LXCLogMessage] {
        let sysctl = [Pattern("Failed to setup sysctl parameters", " to ")]
        let proc = [Pattern("Failed to setup proc filesystem", " to ")]
        return [
            LXCLogMessage(
                "sysctl", anyOf: sysctl, errno: [.ENOENT],
                meaning: "A key of lxc.sysctl does not exist in this kernel.",
                advice: "correct or remove it"),
            LXCLogMessage(
                "sysctl-denied", anyOf: sysctl, errno: [.EPERM, .EACCES, .EROFS],
                meaning:
                    "A key of lxc.sysctl does not belong to one of the container's own namespaces.",
                advice: "remove it, or ask the administrator to set it for the whole host"),
            LXCLogMessage(
                "sysctl-value", anyOf: sysctl, errno: [.EINVAL, .ERANGE],
                meaning: "The kernel rejects the value of a key of lxc.sysctl.",
                advice: "correct the value"),
            LXCLogMessage(
                "prlimit", Pattern("Failed to set limit"), errno: .EPERM,
                meaning: "A limit of lxc.prlimit exceeds the user's hard limit.",
                advice: "lower the value, or ask the administrator to raise the hard limit in "
                    + "/etc/security/limits.conf"),
            LXCLogMessage(
                "prlimit-value", Pattern("Failed to set limit"), errno: .EINVAL,
                meaning: "In a limit of lxc.prlimit, the soft limit exceeds the hard limit.",
                advice: "correct the value, SOFT:HARD"),
            LXCLogMessage(
                "prlimit-name", Pattern("Unknown resource"),
                meaning: "lxc.prlimit names an unknown resource.",
                advice: "write a name of getrlimit(2) in lower case without RLIMIT_, as in nofile"),
            LXCLogMessage(
                "proc", anyOf: proc, errno: [.EACCES, .EPERM],
                meaning: "A value of lxc.proc needs root, such as a lower oom_score_adj than "
                    + "lxc-start has.",
                advice: "remove the line, or write a value that the user may set"),
            LXCLogMessage(
                "proc-value", anyOf: proc, errno: [.ENOENT, .EINVAL, .ERANGE],
                meaning:
                    "lxc.proc names a file that does not exist in /proc/PID, or a value that the "
                    + "kernel rejects.",
                advice: "correct the line"),
            LXCLogMessage(
                "personality", Pattern("Failed to set personality"),
                Pattern("Unsupported personality"),
                meaning: "The kernel cannot run programs of the architecture in lxc.arch.",
                advice: "correct lxc.arch, as in x86_64, or remove the line"),
            LXCLogMessage(
                "hostname", Pattern("Failed to set the hostname"),
                errno: .EINVAL, .ENAMETOOLONG,
                meaning: "lxc.uts.name, or the container's name, has more than 64 characters.",
                advice: "write a shorter lxc.uts.name"),
        ]
    }

    private static var ofInit: [LXCLogMessage] {
        let exec = [Pattern("Failed to exec \""), Pattern("Failed to exec /")]
        return [
            LXCLogMessage(
                "init", anyOf: exec, errno: [.ENOENT, .ENOTDIR, .ELOOP],
                meaning: "The program to run in the container, usually its init, does not exist "
                    + "there, or the interpreter or library loader that it needs does not.",
                advice: "correct lxc.init.cmd, or check /sbin/init in the root file system"),
            LXCLogMessage(
                "init-denied", anyOf: exec, errno: [.EACCES, .EPERM],
                meaning: "The program to run in the container, usually its init, is not "
                    + "executable, or is on a file system mounted noexec.",
                advice: "run chmod +x on it, or correct lxc.init.cmd"),
            LXCLogMessage(
                "init-format", anyOf: exec, errno: [.ENOEXEC],
                meaning: "The program to run in the container, usually its init, is for another "
                    + "processor architecture, or a script without #!.",
                advice: "install a root file system of this host's architecture, or emulate the "
                    + "other with qemu-user and binfmt_misc"),
            LXCLogMessage(
                "no-init", Pattern("No valid init detected"),
                meaning: "LXC finds no program to start in the container.",
                advice: "set lxc.init.cmd, or lxc.execute.cmd for lxc-execute"),
            LXCLogMessage(
                "init-directory", Pattern("Could not change directory to"),
                Pattern("Try to create directory", "as workdir failed"),
                errno: .ENOENT, .EACCES, .ENOTDIR,
                meaning: "lxc.init.cwd names a directory that the container's init cannot enter.",
                advice: "create it in the root file system, or correct the line"),
        ]
    }
}
