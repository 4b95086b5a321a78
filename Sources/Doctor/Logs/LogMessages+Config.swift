// The configuration as such, and the ends of every failure.
extension LogMessage {
    static var ofConfig: [LogMessage] {
        [
            LogMessage(
                "key", ["set_config_unsupported_key", "Unsupported config key"],
                "This version of LXC does not have that key; lxc.network.* and lxc.id_map are of LXC 2.",
                fix:
                    "run lxc-update-config -c FILE, or correct the key: see lxc.container.conf(5)."),
            LogMessage(
                "capability", ["Invalid capability specified"],
                "lxc.cap.drop or lxc.cap.keep names a capability that there is not.",
                fix: "write its name in small letters without CAP_, as in sys_module."),
            LogMessage(
                "capabilities", ["Keeping and dropping capabilities are mutually exclusive"],
                "lxc.cap.keep and lxc.cap.drop are both there, one of them mostly by an include.",
                fix: "write an empty lxc.cap.drop = before lxc.cap.keep."),
            LogMessage(
                "address", ["Invalid ipv4 address"],
                "lxc.net.N.ipv4.address is not an address.",
                fix: "write it with its length, as in 10.0.3.10/24."),
            LogMessage(
                "default-config", ["Failed to open file", "/lxc/default.conf\""],
                "The user has no default.conf of his own; that of the host is read instead, which mostly "
                    + "has no lxc.idmap.",
                fix: nil, isFatal: false, follows: ["no-idmap"]),
            LogMessage(
                "config-permission", ["Permission denied - Failed to open file"],
                "A file of the configuration cannot be read by this user.",
                fix: "chown it to him, or chmod u+r it."),
            LogMessage(
                "include", ["No such file or directory - Failed to open file"],
                "A file that lxc.include names is not there.",
                fix: "take the line out, or install the package that brings the file."),
            LogMessage(
                "parse", ["Failed to parse config file"],
                "A line of the configuration is not understood; the message ends with it.",
                fix: "correct the line.",
                follows: ["key", "capability", "capabilities", "address", "include"]),
            LogMessage(
                "no-config", ["No container config specified"],
                "This user has no container of that name.",
                fix: "see lxc-ls for the names; lxc-start -P names another directory."),
            LogMessage(
                "running", ["Container is already running"],
                "A container of that name runs.", fix: "lxc-stop -n NAME, or lxc-attach to it."),
            LogMessage(
                "not-running", ["Container \"", "is not running"],
                "lxc.namespace.share names a container that does not run.",
                fix: "start that one first."),
            LogMessage(
                "template", ["bad template"],
                "There is no template of that name.",
                fix:
                    "see /usr/share/lxc/templates for the names; most are in the package lxc-templates."
            ),
            LogMessage(
                "log-file", ["Failed to create dir for log file"],
                "The user may not write where the log is to be.",
                fix: "name a file in a directory of his at -o."),
        ]
    }

    static var ofEnds: [LogMessage] {
        [
            LogMessage(
                "old-name", ["get_config_unsupported_key", "Unsupported config key"],
                "lxc-attach asked for a setting by the name that an older LXC had for it.",
                fix: nil,
                isFatal: false),
            LogMessage(
                "stdio", ["Failed to ajust stdio permissions"],
                "The container's root could not be given the terminal, which he mostly does not need.",
                fix: nil, isFatal: false),
            LogMessage(
                "sync", ["An error occurred in another process"],
                "The container's own half of lxc-start failed.", fix: "see the lines before it.",
                isLastResort: true),
            LogMessage(
                "spawn", ["Failed to spawn container"], "The container did not come up.",
                fix: "see the lines before it.", isLastResort: true),
            LogMessage(
                "initialize", ["Failed to initialize container"],
                "The container could not be prepared.", fix: "see the lines before it.",
                isLastResort: true),
            LogMessage(
                "aborting", ["\"ABORTING\" instead of \"RUNNING\""],
                "The container failed in the background, where nothing is shown.",
                fix: "run lxc-start -F -l info -o FILE, and explain that file.", isLastResort: true
            ),
        ]
    }
}
