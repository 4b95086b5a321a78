// The network: what the helper says, LXC's own or berth-nic, and what lxc-start says of it.
extension LogMessage {
    private static var helper: String { "lxc-user-nic failed to configure requested network" }

    static var ofNICs: [LogMessage] {
        [
            LogMessage(
                "nic-no-line", [helper, "no line of /etc/lxc/lxc-usernet lets"],
                "No line of /etc/lxc/lxc-usernet is for this user and this bridge; one that is faulty "
                    + "counts for nothing.",
                fix:
                    "add the line that the message names, or correct the one that it says is skipped."
            ),
            LogMessage(
                "nic-quota", [helper, "NICs on", "allow"],
                "The user has as many NICs on this bridge as his lines allow.",
                fix: "stop a container, or raise the count in the line that the message names."),
            LogMessage(
                "nic-no-file", [helper, "lxc-usernet does not exist"],
                "There is no /etc/lxc/lxc-usernet, so nobody may have a NIC.",
                fix: "make it, with the line that the message proposes."),
            LogMessage(
                "nic-no-bridge", [helper, "the bridge", "does not exist"],
                "The bridge that lxc.net.N.link names is not there.",
                fix: "berth-net start, or correct lxc.net.N.link."),
            LogMessage(
                "nic-not-bridge", [helper, "is a network interface but not a bridge"],
                "lxc.net.N.link names an interface that is no bridge.",
                fix: "write a bridge's name there, such as lxcbr0."),
            LogMessage(
                "nic-not-setuid", [helper, "not setuid root"],
                "berth-nic has lost its setuid bit, or lies on a file system mounted nosuid.",
                fix: "chown root and chmod 4755 it, as root; berth doctor names the file."),
            LogMessage(
                "nic-same-name", [helper, "already has an interface"],
                "Two NICs of the container have one name.",
                fix: "give each a lxc.net.N.name of its own."),
            LogMessage(
                "nic-trust", [helper, "can be written by others than root"],
                "A file that decides who may have NICs could be written by others, and is not believed.",
                fix: "chown root:root and chmod go-w what the message names."),
            LogMessage(
                "nic-lock", [helper, "has held the lock"],
                "Another helper was stopped or hangs while it has /run/lxc/nics.",
                fix: "end the process that the message names, and start again."),
            LogMessage(
                "nic-namespace", [helper, "network namespace is not there"],
                "The container ended before its NIC was made, or is not this user's.",
                fix: "see what ended it further up in the log."),
            LogMessage(
                "stock-quota", [helper, "Quota reached"],
                "LXC's own helper says so of a missing line, of a used quota, and of a failed veth "
                    + "alike; it counts the NICs on all bridges together.",
                fix: "see which with berth doctor; add \"USER veth BRIDGE 10\" to "
                    + "/etc/lxc/lxc-usernet, or raise the count."),
            LogMessage(
                "stock-no-bridge", [helper, "Could not get MTU for netdev"],
                "LXC's own helper finds no such bridge.",
                fix:
                    "start the service that makes it (berth-net or lxc-net), or correct lxc.net.N.link."
            ),
            LogMessage(
                "stock-instantiate", [helper, "instantiate_veth"],
                "LXC's own helper could not make the pair of interfaces, mostly because the bridge is "
                    + "not there.",
                fix: "start the service that makes it (berth-net or lxc-net)."),
            LogMessage(
                "stock-not-setuid", [helper, "Failed to open \"/run/lxc/nics\""],
                "LXC's own helper has lost its setuid bit.",
                fix: "chmod 4755 lxc-user-nic, as root; berth doctor names the file."),
            LogMessage(
                "nic-no-helper", ["Failed to execute lxc-user-nic"],
                "lxc-start finds no helper where it was built to look for it.",
                fix:
                    "install LXC anew, or link lxc-user-nic in its libexec directory to berth-nic."),
            LogMessage(
                "nic-other", [helper],
                "The helper refused; the rest of the line says why.",
                fix: "do what it says; berth-nic(8) lists all that berth-nic says.",
                follows: ["nic-no-helper"]),
            LogMessage(
                "nic-type", ["Networks of type", "are not supported by unprivileged containers"],
                "Only NICs of type veth, empty or none are to be had without root.",
                fix: "write lxc.net.N.type = veth, and a bridge at lxc.net.N.link."),
            LogMessage(
                "nic-long-name", ["Network device name", "is too long"],
                "The kernel's names of interfaces have 15 characters at most, and lxc cuts this one.",
                fix: "write a shorter one at lxc.net.N.name or lxc.net.N.link."),
            LogMessage(
                "netns-id", ["Failed to allocate new network namespace id"],
                "An unprivileged lxc-start says so at every start; nothing depends on it.",
                fix: nil, isFatal: false),
            LogMessage(
                "netns-preserve", ["Failed to preserve net namespace"],
                "LXC 6.0.4 and later could not keep the container's network namespace open; the helper "
                    + "has no part in it.",
                fix: "see the line before it; a later LXC fixes some cases."),
            LogMessage(
                "network", ["Failed to create the network"],
                "The container's network could not be made.", fix: "see the lines before it.",
                isLastResort: true),
        ]
    }
}
