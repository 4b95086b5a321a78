/// Messages about the configuration.
extension LXCLogMessage {
    static var ofConfig: [LXCLogMessage] {
        ofFiles + [oldName] + ofValues + [
            LXCLogMessage(
                "parse", Pattern("Failed to parse config file"),
                meaning: "A line of the configuration is invalid; the message ends with it.",
                advice: "correct the line", isGeneric: true),
            .generic(
                "load-config",
                anyOf: [
                    Pattern("Failed to load config"), Pattern("Failed to load rcfile"),
                    Pattern("Failed to create lxc_container"),
                ], meaning: "The configuration could not be read."),
        ]
    }

    /// A configuration file with such a line causes a further message with its name.
    private static var oldName: LXCLogMessage {
        LXCLogMessage(
            "old-name", Pattern("Unsupported config key", in: "get_config_unsupported_key"),
            Pattern("Unsupported config key \"lxc.seccomp\"", in: "set_config_unsupported_key"),
            meaning: "lxc-attach asked for a setting by its name in an older version of LXC.",
            isFatal: false)
    }

    private static var ofFiles: [LXCLogMessage] {
        let open = Pattern("Failed to open file", in: "lxc_file_for_each_line_mmap")
        return [
            LXCLogMessage(
                "default-config", Pattern("Failed to open file", "/lxc/default.conf\""),
                errno: .ENOENT,
                meaning: "The user has no default.conf, so LXC reads that of the host, which "
                    + "usually has no lxc.idmap.",
                isFatal: false, follows: ["no-idmap"]),
            LXCLogMessage(
                "config-permission", open, errno: .EACCES,
                meaning: "This user cannot read a file of the configuration.",
                advice: "change its owner to the user, or run chmod u+r"),
            LXCLogMessage(
                "include", open, errno: .ENOENT,
                meaning: "A file that lxc.include names does not exist.",
                advice: "remove the line, or install the package that contains the file"),
            LXCLogMessage(
                "include-kind", open, errno: .EISDIR, .ENOTDIR, .ELOOP,
                meaning: "lxc.include names something that is not a file, or a path with a loop "
                    + "of symbolic links.",
                advice: "correct the line"),
        ]
    }

    private static var ofValues: [LXCLogMessage] {
        [
            LXCLogMessage(
                "key", Pattern("Unsupported config key", in: "set_config_unsupported_key"),
                Pattern("Unknown network configuration key"),
                Pattern("Invalid network configuration key"),
                meaning: "This version of LXC does not support the key; lxc.network.* and "
                    + "lxc.id_map are from LXC 2.",
                advice: "run lxc-update-config -c FILE, or see lxc.container.conf(5)"),
            LXCLogMessage(
                "capability", Pattern("Invalid capability specified"),
                meaning: "lxc.cap.drop or lxc.cap.keep names an unknown capability.",
                advice: "write the name in lower case and without CAP_, as in sys_module"),
            LXCLogMessage(
                "capabilities", Pattern("Keeping and dropping capabilities are mutually exclusive"),
                meaning: "lxc.cap.keep and lxc.cap.drop are both set, one usually in an included "
                    + "file.",
                advice: "write an empty lxc.cap.drop = before lxc.cap.keep"),
            LXCLogMessage(
                "address", Pattern("Invalid ipv4 address"), Pattern("Invalid ipv6 address"),
                Pattern("Invalid ipv4 broadcast address"), Pattern("Invalid ipv4 gateway address"),
                Pattern("Invalid ipv6 gateway address"),
                meaning: "An address or gateway of lxc.net.N is not valid.",
                advice: "write an address with its prefix length, as in 10.0.3.10/24, and a "
                    + "gateway without"),
            LXCLogMessage(
                "network-type", Pattern("Invalid network type"),
                meaning: "lxc.net.N.type has an unknown value.",
                advice: "write veth, empty, none, or another type of lxc.container.conf(5)"),
            LXCLogMessage(
                "line", Pattern("Invalid configuration line"), Pattern("Empty configuration line"),
                meaning: "A line of the configuration is not KEY = VALUE.",
                advice: "correct the line; a comment begins with #"),
            LXCLogMessage(
                "value-not-allowed", Pattern("must not have a value"),
                meaning: "lxc.net and lxc.hook alone only clear earlier lines, and have no value.",
                advice: "write an empty value, or the whole key, as in lxc.net.0.type"),
            LXCLogMessage(
                "idmap-syntax", Pattern("Failed to parse id mappings"),
                Pattern("Invalid id mapping"),
                meaning: "A line lxc.idmap is not TYPE FIRST-ID HOST-ID COUNT.",
                advice: "write it as in lxc.idmap = u 0 100000 65536"),
            LXCLogMessage(
                "namespace-keys", Pattern("Cannot set both \"lxc.namespace.clone\""),
                meaning: "lxc.namespace.clone and lxc.namespace.keep exclude each other.",
                advice: "remove one of them"),
            LXCLogMessage(
                "namespace-name", Pattern("Invalid namespace name"),
                meaning: "lxc.namespace.clone or lxc.namespace.keep names an unknown namespace.",
                advice: "write cgroup, ipc, mnt, net, pid, time, user or uts"),
            LXCLogMessage(
                "groups", Pattern("No valid groups specified"), Pattern("Failed to parse group"),
                meaning: "lxc.init.groups is not a list of group IDs.",
                advice: "write numbers with commas between them"),
            LXCLogMessage(
                "hook-key", Pattern("Invalid hook key"), Pattern("Invalid hook version"),
                meaning: "A key that begins with lxc.hook is unknown, or lxc.hook.version is not 0 "
                    + "or 1.",
                advice: "correct the line"),
            LXCLogMessage(
                "veth-key", Pattern("can only be used with veth network"),
                Pattern("can only be used with ipvlan network"),
                meaning: "A key of lxc.net.N belongs to another type of NIC, or comes before "
                    + "lxc.net.N.type.",
                advice: "write lxc.net.N.type first, or remove the line"),
        ]
    }
}
