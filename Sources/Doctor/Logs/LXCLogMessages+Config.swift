/// Messages about the configuration, and general ones, most of which follow every failure.
extension LXCLogMessage {
    static var ofConfig: [LXCLogMessage] {
        [
            LXCLogMessage(
                "key", ["set_config_unsupported_key", "Unsupported config key"],
                "This version of LXC does not support the key; lxc.network.* and lxc.id_map are "
                    + "from LXC 2.",
                fix: "run lxc-update-config -c FILE, or see lxc.container.conf(5)."),
            LXCLogMessage(
                "capability", ["Invalid capability specified"],
                "lxc.cap.drop or lxc.cap.keep names an unknown capability.",
                fix: "write the name in lower case and without CAP_, as in sys_module."),
            LXCLogMessage(
                "capabilities", ["Keeping and dropping capabilities are mutually exclusive"],
                "lxc.cap.keep and lxc.cap.drop are both set, one usually in an included file.",
                fix: "write an empty lxc.cap.drop = before lxc.cap.keep."),
            LXCLogMessage(
                "address", ["Invalid ipv4 address"],
                "lxc.net.N.ipv4.address is not a valid address.",
                fix: "write it with its prefix length, as in 10.0.3.10/24."),
            LXCLogMessage(
                "default-config", ["Failed to open file", "/lxc/default.conf\""],
                "The user has no default.conf, so LXC reads that of the host, which usually has no "
                    + "lxc.idmap.",
                fix: nil, isFatal: false, follows: ["no-idmap"]),
            LXCLogMessage(
                "config-permission", ["Permission denied - Failed to open file"],
                "This user cannot read a file of the configuration.",
                fix: "change its owner to the user, or run chmod u+r."),
            LXCLogMessage(
                "include", ["No such file or directory - Failed to open file"],
                "A file that lxc.include names does not exist.",
                fix: "remove the line, or install the package that contains the file."),
            LXCLogMessage(
                "parse", ["Failed to parse config file"],
                "A line of the configuration is invalid; the message ends with it.",
                fix: "correct the line.",
                follows: ["key", "capability", "capabilities", "address", "include"]),
            LXCLogMessage(
                "no-config", ["No container config specified"],
                "This user has no container of that name.",
                fix: "run lxc-ls to list the names; lxc-start -P names another directory."),
            LXCLogMessage(
                "running", ["Container is already running"],
                "A container of that name is running already.",
                fix: "run lxc-stop -n NAME, or lxc-attach."),
            LXCLogMessage(
                "not-running", ["Container \"", "is not running"],
                "lxc.namespace.share names a container that is not running.",
                fix: "start that container first."),
            LXCLogMessage(
                "template", ["bad template"],
                "There is no template of that name.",
                fix: "list /usr/share/lxc/templates, or install lxc-templates."),
            LXCLogMessage(
                "log-file", ["Failed to create dir for log file"],
                "The user cannot write to the directory of the log file.",
                fix: "use -o to name a file that the user can write."),
        ]
    }

    static var general: [LXCLogMessage] {
        [
            LXCLogMessage(
                "old-name", ["get_config_unsupported_key", "Unsupported config key"],
                "lxc-attach asked for a setting by its name in an older version of LXC.",
                fix: nil, isFatal: false),
            LXCLogMessage(
                "stdio", ["Failed to ajust stdio permissions"],
                "LXC could not change the owner of the terminal to the container's root, which is "
                    + "rarely necessary.",
                fix: nil, isFatal: false),
            LXCLogMessage(
                "sync", ["An error occurred in another process"],
                "The child process of lxc-start, which becomes the container, failed.",
                fix: "read the lines before it.",
                isGeneric: true),
            LXCLogMessage(
                "spawn", ["Failed to spawn container"], "The container did not start.",
                fix: "read the lines before it.", isGeneric: true),
            LXCLogMessage(
                "initialize", ["Failed to initialize container"],
                "The container could not be prepared.", fix: "read the lines before it.",
                isGeneric: true),
            LXCLogMessage(
                "aborting", ["\"ABORTING\" instead of \"RUNNING\""],
                "The container failed in the background, where no messages are shown.",
                fix: "run lxc-start -F -l info -o FILE, then berth doctor --log FILE.",
                isGeneric: true
            ),
        ]
    }
}
