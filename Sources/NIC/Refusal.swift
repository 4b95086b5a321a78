internal import HostPaths
package import Linux
package import Netlink
internal import Usernet

/// Why a NIC was not created or not deleted.
package enum Refusal: Error {
    // The command line.
    case usage
    case unknownType(String)
    case invalidName(String)
    case invalidProcess(String)

    // The program and the system.
    case notSetuid
    case notOnTheHost
    case unsafeStart(Errno)
    case privileges(Errno)
    case profile(String, Errno)
    case policy(TrustedFile.TrustError)
    case ledger(LockedFile.AccessError)
    case accountsUnavailable(Errno)
    case noAccounts(NSSProgram.ExecutionError)

    // Permissions.
    case noLine(user: String, bridge: String, reason: String)
    case quotaReached(user: String, bridge: String, used: Int, allowed: Int, lines: [Int])
    case namespaceNotYours
    case noSuchNIC(nic: String, bridge: String)

    // The bridge and the options.
    case noBridge(String)
    case notABridge(String)
    case nameTaken(String)
    case optionNeedsBridge(line: Int, options: [String], bridge: String)
    case optionUnknownToKernel(line: Int, option: String)
    case bridgeIgnoresVLANs(line: Int, bridge: String)
    case schedulerMissing(line: Int, module: String)
    /// berth-net does not filter on the bridge.
    case noAddressFilter(line: Int, bridge: String)

    // The kernel and other programs.
    case kernel(NetlinkError)
    case noRandomness(Errno)
    case tool(PrivilegedCommand.RunError)
    case answerLost(Errno)
    case hostNotProtected(nic: String, Errno)
    /// The NIC was removed right after it was created.
    case vanished(String)
}

extension Refusal: CustomStringConvertible {
    /// One sentence: what is wrong, and how to fix it.
    package var description: String {
        switch self {
        case .usage:
            "usage: create LXCPATH NAME PID veth BRIDGE [IFNAME], or "
                + "delete LXCPATH NAME NETNS-PATH veth BRIDGE HOST-IFNAME; lxc-start runs this "
                + "program"
        case .unknownType(let type):
            "the NIC type \"\(type)\" is not supported: set lxc.net.N.type = veth in the "
                + "container's config"
        case .invalidName(let name):
            "\"\(name)\" is not a valid name of a network interface: use 1 to 15 printable ASCII "
                + "characters other than space, /, : and %"
        case .invalidProcess(let word): "\"\(word)\" is not a process ID"

        case .notSetuid:
            "this program is not setuid root, is on a file system mounted nosuid, or was started "
                + "with no_new_privs: as root, run chown root and chmod 4755 on it, on a file "
                + "system without nosuid"
        case .notOnTheHost:
            "this network namespace is not the host's, which is that of process 1: start the "
                + "container from the host's network namespace"
        case .unsafeStart(let errno):
            "cannot reset the inherited state of this process: \(errno.description)"
        case .privileges(let errno): "cannot drop root's privileges: \(errno.description)"
        case .profile(let name, let errno):
            "cannot enter the AppArmor profile \(name) (\(errno.description)): as root, check it "
                + "with aa-status, and load it with apparmor_parser -r"
        case .policy(.missing):
            "\(Paths.usernet) does not exist, so no user may have a NIC: as root, create it with a "
                + "line such as \"alice veth lxcbr0 10\""
        case .policy(let error): error.description
        case .ledger(let error): error.description
        case .accountsUnavailable(let errno):
            "cannot look up users and groups (\(errno.description)): check the sources for passwd "
                + "and group in /etc/nsswitch.conf"
        case .noAccounts(let error): error.description

        case .noLine(let user, let bridge, let reason):
            "no line in \(Paths.usernet) allows user \(user) a veth on \(bridge)"
                + (reason.utf8.isEmpty ? "" : " (\(reason))")
                + ": as root, add \"\(user) veth \(bridge) 10\" to it"
        case .quotaReached(let user, let bridge, let used, let allowed, let lines):
            "quota reached: user \(user) has \(used) of \(allowed) NICs on \(bridge), which "
                + "\(lines.sentence) of \(Paths.usernet) allow\(lines.count == 1 ? "s" : ""): stop "
                + "a container, or as root, increase the count"
        case .namespaceNotYours:
            "the container's network namespace does not exist or does not belong to the caller: "
                + "start the container unprivileged, as the user who owns it"
        case .noSuchNIC(let nic, let bridge):
            "the caller has no NIC \(nic) on \(bridge) in that network namespace: \(Paths.ledger) "
                + "lists all NICs"

        case .noBridge(let name):
            "the bridge \(name) does not exist: start the service that creates it (lxc-net or "
                + "berth-net for lxcbr0), or correct lxc.net.N.link in the container's config"
        case .notABridge(let name):
            "\(name) is a network interface but not a bridge: correct lxc.net.N.link in the "
                + "container's config"
        case .nameTaken(let name):
            "the container already has an interface \(name): set a different lxc.net.N.name for "
                + "each NIC"
        case .optionNeedsBridge(let line, let options, let bridge):
            "line \(line) of \(Paths.usernet) has an option that \(bridge) cannot enforce, "
                + "because it is not a Linux bridge: as root, remove \(listed(options)) from the "
                + "line"
        case .optionUnknownToKernel(let line, let option):
            "line \(line) of \(Paths.usernet) has the option \(option), which is not supported by "
                + "this kernel: as root, remove it, or use a newer kernel"

        case .bridgeIgnoresVLANs(let line, let bridge):
            "line \(line) of \(Paths.usernet) has the option vlan, and the bridge \(bridge) "
                + "ignores VLANs: set LXC_VLAN_AWARE=\"true\" if berth-net created the bridge, or "
                + "as root, run ip link set \(bridge) type bridge vlan_filtering 1"
        case .schedulerMissing(let line, let module):
            "line \(line) of \(Paths.usernet) has the option rate, for which this kernel lacks "
                + "\(module): as root, install the kernel's package with these modules, or remove "
                + "the option"
        case .noAddressFilter(let line, let bridge):
            "line \(line) of \(Paths.usernet) has the option ipfilter, which needs a network of "
                + "berth-net with DHCP and nft rules, but berth-net does not filter on \(bridge): "
                + "as root, run berth-net reload, or berth-net check, which names the reason"

        case .kernel(let error): error.description
        case .noRandomness(let errno):
            "cannot get random bytes from the kernel: \(errno.description)"
        case .tool(let error): error.sentence
        case .vanished(let nic):
            "\(nic) was created but no longer exists: the container may have ended"
        case .hostNotProtected(let nic, let errno):
            "cannot turn off router advertisements and redirects on \(nic): \(errno.description)"
        case .answerLost(let errno): "cannot write the result: \(errno.description)"
        }
    }
}

extension [Int] {
    /// "line 3", "lines 3 and 7", "lines 3, 5, 7, 9 and 12 more"
    fileprivate var sentence: String {
        guard let last, count > 1 else { return "line \(first ?? 0)" }
        var text = "lines"
        for (position, line) in dropLast().prefix(4).enumerated() {
            text += position == 0 ? " \(line)" : ", \(line)"
        }
        return text + (count > 5 ? " and \(count - 4) more" : " and \(last)")
    }
}

extension PrivilegedCommand.RunError {
    fileprivate var sentence: String {
        switch self {
        case .notInstalled(let path):
            "\(path) is needed for this bridge, but is not installed: install openvswitch-switch"
        case .refused(let path, let errno): "cannot run \(path): \(errno.description)"
        case .failed(let path, let status?, let said):
            "\(path) failed with status \(status)" + (said.utf8.isEmpty ? "" : ": \(said)")
        case .failed(let path, nil, _): "\(path) was terminated by a signal"
        }
    }
}
