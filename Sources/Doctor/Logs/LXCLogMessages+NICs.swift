/// Messages about NICs: those of berth-nic and of LXC's own helper, and those of lxc-start.
extension LXCLogMessage {
    private static var helper: String { "lxc-user-nic failed to configure requested network" }

    static var ofNICs: [LXCLogMessage] {
        [
            LXCLogMessage(
                "nic-no-line", [helper, "no line in /etc/lxc/lxc-usernet allows"],
                "No valid line of /etc/lxc/lxc-usernet grants this user a NIC on this bridge.",
                fix: "add the line that the message shows, or correct the line that it names."
            ),
            LXCLogMessage(
                "nic-quota", [helper, "quota reached: user"],
                "The user has used all NICs that the lines for this bridge allow.",
                fix: "stop a container, or raise the count in the line that the message names."),
            LXCLogMessage(
                "nic-no-file", [helper, "lxc-usernet does not exist"],
                "/etc/lxc/lxc-usernet does not exist, so no user may create NICs.",
                fix: "create it, with the line that the message shows."),
            LXCLogMessage(
                "nic-no-bridge", [helper, "the bridge", "does not exist"],
                "The bridge that lxc.net.N.link names does not exist.",
                fix: "run berth-net start, or correct lxc.net.N.link."),
            LXCLogMessage(
                "nic-not-bridge", [helper, "is a network interface but not a bridge"],
                "lxc.net.N.link names an interface that is not a bridge.",
                fix: "write a bridge's name there, such as lxcbr0."),
            LXCLogMessage(
                "nic-option", [helper, "of /etc/lxc/lxc-usernet has"],
                "The user's line has an option that the bridge or the kernel cannot enforce.",
                fix: "as root, follow the message, or remove the option from the line."),
            LXCLogMessage(
                "nic-not-setuid", [helper, "not setuid root"],
                "berth-nic has lost its setuid bit, or is on a file system mounted nosuid.",
                fix: "as root, run chown root and chmod 4755 on it; see berth doctor."
            ),
            LXCLogMessage(
                "nic-same-name", [helper, "already has an interface"],
                "Two NICs of the container have the same name.",
                fix: "give each NIC a different lxc.net.N.name."),
            LXCLogMessage(
                "nic-trust", [helper, "users other than root can write it"],
                "Users other than root can write a file that grants NICs: it is not trusted.",
                fix: "run chown root:root and chmod go-w on the file that the message names."),
            LXCLogMessage(
                "nic-lock", [helper, "has held the lock"],
                "Another instance of the helper hangs while it holds the lock on /run/lxc/nics.",
                fix: "as root, run the command that the message names, and start the container "
                    + "again."),
            LXCLogMessage(
                "nic-namespace", [helper, "network namespace does not exist"],
                "The container ended before its NIC was created, or belongs to another user.",
                fix: "read earlier lines of the log for what ended it."),
            LXCLogMessage(
                "stock-quota", [helper, "Quota reached"],
                "LXC's own helper prints this for a missing line, a reached quota, and a veth "
                    + "that it could not create. It counts the NICs on all bridges together.",
                fix: "run berth doctor to see which; add \"USER veth BRIDGE 10\" to "
                    + "/etc/lxc/lxc-usernet, or raise the count."),
            LXCLogMessage(
                "stock-no-bridge", [helper, "Could not get MTU for netdev"],
                "LXC's own helper finds no bridge of that name.",
                fix: "start berth-net or lxc-net, or correct lxc.net.N.link."
            ),
            LXCLogMessage(
                "stock-instantiate", [helper, "instantiate_veth"],
                "LXC's own helper could not create the veth pair; often the bridge is missing.",
                fix: "start the service that creates it (berth-net or lxc-net)."),
            LXCLogMessage(
                "stock-not-setuid", [helper, "Failed to open \"/run/lxc/nics\""],
                "LXC's own helper has lost its setuid bit.",
                fix: "as root, run chmod 4755 on lxc-user-nic; berth doctor prints the command."),
            LXCLogMessage(
                "nic-no-helper", ["Failed to execute lxc-user-nic"],
                "lxc-start does not find lxc-user-nic at the path that it was built with.",
                fix: "reinstall LXC, or link lxc-user-nic in its libexec directory to berth-nic."),
            LXCLogMessage(
                "nic-other", [helper],
                "The helper refused; the rest of the line says why.",
                fix: "follow that message; berth-nic(8) lists those of berth-nic.",
                follows: ["nic-no-helper"]),
            LXCLogMessage(
                "nic-type", ["Networks of type", "are not supported by unprivileged containers"],
                "Unprivileged containers support only the NIC types veth, empty and none.",
                fix: "write lxc.net.N.type = veth, and a bridge in lxc.net.N.link."),
            LXCLogMessage(
                "nic-long-name", ["Network device name", "is too long"],
                "An interface's name has at most 15 characters, and lxc truncates this one.",
                fix: "write a shorter name in lxc.net.N.name or lxc.net.N.link."),
            LXCLogMessage(
                "netns-id", ["Failed to allocate new network namespace id"],
                "An unprivileged lxc-start prints this at every start; it has no effect.",
                fix: nil, isFatal: false),
            LXCLogMessage(
                "netns-preserve", ["Failed to preserve net namespace"],
                "lxc-start (6.0.4 and later) could not keep the network namespace open.",
                fix: "read the line before it; later versions of LXC fix some cases."),
            LXCLogMessage(
                "network", ["Failed to create the network"],
                "The container's network could not be created.", fix: "read the lines before it.",
                isGeneric: true),
        ]
    }
}
