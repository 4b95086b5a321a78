/// Messages about users' NICs: those of berth-nic and of LXC's own helper, and those of lxc-start
/// about the helper.
extension LXCLogMessage {
    static func ofNICs(_ host: LXCLogHost) -> [LXCLogMessage] {
        ofBerthNIC(host) + ofStockHelper(host) + [
            LXCLogMessage(
                "nic-no-helper", Pattern("Failed to execute lxc-user-nic"), errno: .ENOENT,
                meaning: "lxc-start does not find lxc-user-nic at the path that it was built with.",
                fix: [host.installation.install(.helper, again: true)],
                advice:
                    "if no package contains it, link lxc-user-nic in LXC's libexec directory to "
                    + "berth-nic"),
            LXCLogMessage(
                "nic-helper-denied", Pattern("Failed to execute lxc-user-nic"),
                errno: .EACCES, .EPERM,
                meaning: "lxc-start may not execute lxc-user-nic: it has no execute permission, or "
                    + "is on a file system mounted noexec.",
                advice: "run berth doctor, which checks the helper"),
            LXCLogMessage(
                "nic-other", helper(),
                meaning: "The helper refused; the rest of the line says why.",
                advice: "follow that message; berth-nic(8) lists those of berth-nic",
                follows: ["nic-no-helper", "nic-helper-denied"]),
            LXCLogMessage(
                "nic-type", Pattern("Networks of type", "are not supported by unprivileged"),
                Pattern("Network type", "not support for unprivileged use"),
                meaning: "Unprivileged containers support only the NIC types veth, empty and none.",
                advice: "write lxc.net.N.type = veth, and a bridge in lxc.net.N.link"),
            LXCLogMessage(
                "nic-long-name", Pattern("Network device name", "is too long"),
                meaning: "An interface's name has at most 15 characters, and LXC truncates this "
                    + "one.",
                advice: "write a shorter name in lxc.net.N.name or lxc.net.N.link",
                isFatal: false),
            LXCLogMessage(
                "netns-id", Pattern("Failed to allocate new network namespace id"), from: .warning,
                meaning: "An unprivileged lxc-start prints this at every start; it has no effect.",
                isFatal: false),
            LXCLogMessage(
                "netns-preserve", Pattern("Failed to preserve net namespace"),
                errno: .EPERM, .EACCES, .ENOENT, .ESRCH,
                meaning: "lxc-start (6.0.4 and later) could not keep the network namespace open.",
                advice: "read the line before it; later versions of LXC fix some cases"),
        ]
    }

    /// A message that the helper printed.
    private static func helper(_ words: String = "", in function: String? = nil) -> Pattern {
        Pattern(LXCLogLine.helperPrefix, words, in: function)
    }

    private static func ofBerthNIC(_ host: LXCLogHost) -> [LXCLogMessage] {
        [
            LXCLogMessage(
                "nic-no-line", helper("no line in /etc/lxc/lxc-usernet allows"),
                meaning: "No valid line of /etc/lxc/lxc-usernet grants this user a NIC on this "
                    + "bridge.",
                advice: "add the line that the message shows, or correct the line that it names"),
            LXCLogMessage(
                "nic-quota", helper("quota reached: user"),
                meaning: "The user has used all NICs that the lines for this bridge allow.",
                advice: "stop a container, or ask the administrator for a larger count in the "
                    + "line that the message names"),
            LXCLogMessage(
                "nic-no-file", helper("lxc-usernet does not exist"),
                meaning: "/etc/lxc/lxc-usernet does not exist, so no user may create NICs.",
                advice: "create it, with the line that the message shows"),
            LXCLogMessage(
                "nic-no-bridge", helper("berth-nic: the bridge"), errno: nil,
                meaning: "The bridge that lxc.net.N.link names does not exist.",
                fix: [host.startNetwork],
                advice: "if lxc.net.N.link names the wrong bridge, correct it"),
            LXCLogMessage(
                "nic-not-bridge", helper("is a network interface but not a bridge"),
                meaning: "lxc.net.N.link names an interface that is not a bridge.",
                advice: "write a bridge's name there, such as lxcbr0"),
            LXCLogMessage(
                "nic-option", helper("of /etc/lxc/lxc-usernet has"),
                meaning: "The user's line has an option that the bridge or the kernel cannot "
                    + "enforce.",
                advice: "as root, follow the message; removing the option also removes the "
                    + "protection that it gives"),
            LXCLogMessage(
                "nic-not-setuid", helper("not setuid root"),
                meaning: "berth-nic has lost its setuid bit, is on a file system mounted nosuid, "
                    + "or was started with no_new_privs.",
                advice: "run berth doctor, which checks the helper and prints the command"),
            LXCLogMessage(
                "nic-same-name", helper("already has an interface"),
                meaning: "Two NICs of the container have the same name.",
                advice: "give each NIC a different lxc.net.N.name"),
            LXCLogMessage(
                "nic-trust", helper("users other than root can write it"),
                meaning: "Users other than root can write a file that grants NICs: it is not "
                    + "trusted.",
                advice: "as root, check its lines, and run chown root:root and chmod go-w on the "
                    + "file that the message names"),
            LXCLogMessage(
                "nic-lock", helper("holds the lock of"),
                meaning: "Another instance of the helper hangs while it holds the lock on "
                    + "/run/lxc/nics.",
                advice: "as root, run the command that the message names, and start the container "
                    + "again"),
            LXCLogMessage(
                "nic-namespace", helper("network namespace does not exist"),
                meaning: "The container ended before its NIC was created, or belongs to another "
                    + "user.",
                advice: "read earlier lines of the log for what ended it"),
            LXCLogMessage(
                "nic-host-namespace", helper("this network namespace is not the host's"),
                meaning: "lxc-start ran in a network namespace of its own, in which the bridge "
                    + "does not exist.",
                advice: "start the container from the host's network namespace"),
            LXCLogMessage(
                "nic-accounts", helper("cannot look up users and groups"),
                meaning: "berth-nic cannot look up accounts: a source in /etc/nsswitch.conf, such "
                    + "as LDAP, does not answer.",
                advice: "as root, correct the lines passwd and group of /etc/nsswitch.conf, or "
                    + "start the service that answers them"),
            LXCLogMessage(
                "nic-open-vswitch", helper("is needed for this bridge, but is not installed"),
                meaning: "This is an Open vSwitch bridge, but the program ovs-vsctl is not "
                    + "installed.",
                advice: "install the package openvswitch-switch or openvswitch"),
            LXCLogMessage(
                "nic-veth", helper("cannot create veth"), helper(in: "instantiate_veth"),
                errno: .EOPNOTSUPP, .ENODEV,
                meaning: "The kernel cannot create veth pairs: its module veth is not loaded, and "
                    + "was not loaded on demand.",
                fix: LXCLogHost.load("veth", "CONFIG_VETH")),
        ]
    }

    private static func ofStockHelper(_ host: LXCLogHost) -> [LXCLogMessage] {
        [
            LXCLogMessage(
                "stock-not-setuid", helper("Failed to open \"/run/lxc/nics\""),
                helper("Failed to open \"/run/lxc/nics.lock\""), helper(in: "instantiate_veth"),
                errno: .EACCES, .EPERM,
                meaning: "LXC's own helper has lost its setuid bit, is on a file system mounted "
                    + "nosuid, or was started with no_new_privs.",
                advice: "run berth doctor, which checks the helper and prints the command"),
            LXCLogMessage(
                "stock-no-bridge", helper("Could not get MTU for netdev"),
                helper("Could not find netdev"),
                meaning: "LXC's own helper finds no bridge of that name.",
                fix: [host.startNetwork],
                advice: "if lxc.net.N.link names the wrong bridge, correct it"),
            LXCLogMessage(
                "stock-attach", helper("Error attaching", in: "create_nic"),
                meaning: "LXC's own helper could not attach the veth to lxc.net.N.link: there is "
                    + "no interface of that name, or it is not a bridge.",
                advice: "run berth doctor, which checks the bridge"),
            LXCLogMessage(
                "stock-no-file", helper("Failed to open \"/etc/lxc/lxc-usernet\""),
                errno: .ENOENT,
                meaning: "/etc/lxc/lxc-usernet does not exist, so no user may create NICs.",
                advice: "run berth doctor, which prints the line"),
            LXCLogMessage(
                "stock-no-account", helper("Could not find matched password record"),
                meaning: "The user who runs lxc-start has no account in the sources of "
                    + "/etc/nsswitch.conf.",
                advice: "start the container as a user with an account"),
            LXCLogMessage(
                "may-access-netns", helper(in: "may_access_netns"),
                errno: .ENOENT, .ESRCH,
                meaning: "The container ended before its NIC was created, or /proc is mounted with "
                    + "hidepid, which hides it from LXC's own helper.",
                advice: "read the other errors of the log for what ended it, or add the option "
                    + "gid= of proc(5) for the user"),
            LXCLogMessage(
                "foreign-netns", helper(in: "may_access_netns"), errno: .EACCES,
                .EPERM,
                meaning: "The container's network namespace does not belong to the user who runs "
                    + "LXC's own helper.",
                advice: "start the container as its owner, without su or sudo"),
            LXCLogMessage(
                "stock-same-name", helper(in: "rename_in_ns"), errno: .EEXIST,
                meaning: "Two NICs of the container have the same name.",
                advice: "give each NIC a different lxc.net.N.name"),
            LXCLogMessage(
                "stock-quota", helper("Quota reached"),
                meaning: "LXC's own helper prints this for a missing line, a reached quota, and a "
                    + "veth that it could not create. It counts the NICs on all bridges together.",
                advice: "run berth doctor, which tells these apart",
                follows: [
                    "nic-veth", "stock-not-setuid", "stock-no-bridge", "stock-attach",
                    "stock-no-file",
                ]),
            .generic(
                "stock-consequence",
                anyOf: [
                    helper("create_nic: Error creating veth tunnel"),
                    helper("Failed to create new nic"), helper("may not modify netns for pid"),
                    helper("Failed to lock"), helper("Failed to rename the link"),
                ], meaning: "LXC's own helper reports the consequence of another error."),
        ]
    }
}
