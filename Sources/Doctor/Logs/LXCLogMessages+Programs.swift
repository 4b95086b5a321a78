/// Messages about how LXC's programs were run, and general ones, most of which follow every
/// failure.
extension LXCLogMessage {
    static func ofPrograms(_ host: LXCLogHost) -> [LXCLogMessage] {
        [
            LXCLogMessage(
                "no-config", Pattern("No container config specified"),
                Pattern("with no configuration file may crash the host"),
                meaning: "This user has no container of that name.",
                advice: "run lxc-ls to list the names; lxc-start -P names another directory"),
            LXCLogMessage(
                "running", Pattern("Container is already running"),
                meaning: "A container of that name is already running.",
                advice: "run lxc-stop -n NAME, or lxc-attach"),
            LXCLogMessage(
                "not-running", Pattern("Container \"", "is not running"),
                meaning: "lxc.namespace.share names a container that is not running.",
                advice: "start that container first"),
            LXCLogMessage(
                "no-privilege", Pattern("Insufficent privileges to control"),
                Pattern("Insufficient privileges to control"), Pattern("You lack access to"),
                meaning: "The container, or the directory of containers, belongs to another user.",
                advice: "run the command as that user, or name the user's own directory with -P"),
            LXCLogMessage(
                "creating", Pattern("Ongoing container creation detected"),
                Pattern("Failed checking for incomplete container creation"),
                meaning: "lxc-create is still running for this container, or was interrupted.",
                advice: "wait for it, or run lxc-destroy, and create the container again"),
            LXCLogMessage(
                "template", Pattern("bad template"),
                meaning: "There is no template of that name.",
                fix: [host.installation.install(.lxcTemplates)],
                advice: "/usr/share/lxc/templates contains the installed templates"),
            LXCLogMessage(
                "template-failed", Pattern("Failed to create container from template"),
                meaning: "The template failed; what it printed before says why.",
                advice: "follow that message; lxc-download needs a network connection and wget",
                follows: ["template", "subuid", "subgid", "no-idmap"]),
            LXCLogMessage(
                "storage-type", Pattern("Unprivileged users can only create"),
                meaning: "Users can create containers only in a directory, on btrfs or on an "
                    + "overlay.",
                advice: "use lxc-create -B dir"),
            LXCLogMessage(
                "storage-program", Pattern("Failed to create zfs dataset"),
                meaning: "zfs, with which lxc-create -B zfs creates the root file system, is not "
                    + "installed or failed; the rest of the line is what it printed.",
                advice: "use lxc-create -B dir, or install ZFS"),
            LXCLogMessage(
                "log-file", Pattern("Failed to create dir for log file"),
                Pattern("Failed to open log file"),
                Pattern("Failed to create directory", in: "build_dir"),
                errno: .EACCES, .EPERM, .ENOENT, .ENOTDIR, .EROFS,
                meaning: "The user cannot write to the directory of the log file.",
                advice: "use -o to name a file that the user can write"),
        ]
    }

    static var general: [LXCLogMessage] {
        [
            LXCLogMessage(
                "stdio", Pattern("Failed to ajust stdio permissions"), from: .warning,
                meaning: "LXC could not change the owner of the terminal to the container's root, "
                    + "which is rarely necessary.",
                isFatal: false),
            .generic(
                "command", "Failed to exec command",
                meaning: "LXC could not execute a program that it needs. Another line of the "
                    + "log says what for."),
            .generic(
                "sync", "An error occurred in another process",
                meaning: "The child process of lxc-start, which becomes the container, failed."),
            .generic(
                "spawn", anyOf: [Pattern("Failed to spawn container"), Pattern("failed to spawn")],
                meaning: "The container did not start."),
            .generic(
                "initialize", "Failed to initialize container",
                meaning: "The container could not be prepared."),
            .generic(
                "failed",
                anyOf: [
                    Pattern("The container failed to start"),
                    Pattern("To get more details, run the container in foreground mode"),
                    Pattern("Additional information can be obtained by setting"),
                    Pattern("Failed to receive the container state"),
                    Pattern("Failed to create container"), Pattern("Template \"", "not found"),
                    Pattern("Failed to create", "storage for"),
                    Pattern("Failed to record inherited namespaces"),
                    Pattern("Failed to enable logfile"),
                ], meaning: "The container did not start, or was not created."),
            LXCLogMessage(
                "aborting", Pattern("\"ABORTING\" instead of \"RUNNING\""),
                meaning: "The container failed in the background, where no messages are shown.",
                advice: "run lxc-start -F -l info -o FILE, then berth doctor --log FILE",
                isGeneric: true),
        ]
    }
}
