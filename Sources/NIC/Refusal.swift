internal import HostPaths
package import Linux
package import Netlink
package import Usernet

/// Why there is no NIC, or why it is still there.
package enum Refusal: Error {
    // The command line.
    case usage
    case unknownType(String)
    case invalidName(String)
    case invalidProcess(String)

    // This program's own footing.
    case notSetuid
    case notOnTheHost
    case surroundings(Errno)
    case privileges(Errno)
    case policy(TrustedFile.TrustError)
    case ledger(LockedFile.AccessError)
    case accountsUnavailable(Errno)

    // What the caller may not have.
    case noLine(user: String, bridge: String, skipped: [UsernetFile.Skipped])
    case quotaUsedUp(user: String, bridge: String, used: Int, allowed: Int, lines: [Int])
    case namespaceNotYours
    case noSuchNIC(nic: String, bridge: String)

    // What is not there.
    case noBridge(String)
    case notABridge(String)
    case nameTaken(String)
    case optionNeedsBridge(line: Int, bridge: String)
    case optionUnknownToKernel(line: Int, option: String)

    // What others did not do.
    case kernel(NetlinkError)
    case noRandomness(Errno)
    case tool(PrivilegedCommand.RunError)
    case answerLost(Errno)
    case notShielded(String, Errno)
    /// The kernel made something and then did not know of it.
    case vanished(String)
}

extension Refusal: CustomStringConvertible {
    /// One sentence: what is wrong, and how to mend it.
    package var description: String {
        switch self {
        case .usage:
            "usage: create LXCPATH NAME PID veth BRIDGE [IFNAME], or "
                + "delete LXCPATH NAME NETNS-PATH veth BRIDGE HOST-IFNAME; lxc-start runs this program"
        case .unknownType(let type):
            "a NIC of type \"\(type)\" cannot be had: set lxc.net.N.type = veth in the container's config"
        case .invalidName(let name):
            "\"\(name)\" cannot be the name of a network interface: it needs 1 to 15 printable ASCII "
                + "characters without blank, /, : and %"
        case .invalidProcess(let word): "\"\(word)\" is not the number of a process"

        case .notSetuid:
            "this program is not setuid root, or lies on a file system mounted nosuid, or was started "
                + "with no_new_privs: as root, chown root and chmod 4755 it on one that is not"
        case .notOnTheHost:
            "this network namespace is not the host's own (that of process 1), where the NICs in "
                + "\(Paths.ledger) are: start the container from there"
        case .surroundings(let errno): "cannot make a safe start: \(errno.description)"
        case .privileges(let errno):
            "cannot give up root's privileges, and will not go on with them: \(errno.description)"
        case .policy(let distrust): distrust.sentence
        case .ledger(let trouble): trouble.sentence
        case .accountsUnavailable(let errno):
            "cannot look up users and groups (\(errno.description)): see to the sources that "
                + "/etc/nsswitch.conf names for passwd and group"

        case .noLine(let user, let bridge, let skipped):
            "no line of \(Paths.usernet) lets user \(user) have a veth on \(bridge)"
                + (skipped.first.map { " (line \($0.line) is skipped: \($0.fault.description))" }
                    ?? "")
                + ": as root, add \"\(user) veth \(bridge) 10\" to it"
        case .quotaUsedUp(let user, let bridge, let used, let allowed, let lines):
            "user \(user) has \(used) of \(allowed) NICs on \(bridge) that \(lines.sentence) of "
                + "\(Paths.usernet) allow\(lines.count == 1 ? "s" : ""): stop a container, or as root "
                + "raise the count there"
        case .namespaceNotYours:
            "the container's network namespace is not there, or is not the caller's: only a user "
                + "who started the container from a user namespace of his own gets a NIC for it"
        case .noSuchNIC(let nic, let bridge):
            "there is no NIC \(nic) on \(bridge) that is the caller's and in that network namespace: "
                + "\(Paths.ledger) lists them"

        case .noBridge(let name):
            "the bridge \(name) does not exist: start the network service that makes it (lxc-net or "
                + "berth-net for lxcbr0), or correct lxc.net.N.link in the container's config"
        case .notABridge(let name):
            "\(name) is a network interface but not a bridge: correct lxc.net.N.link in the "
                + "container's config"
        case .nameTaken(let name):
            "the container already has an interface \(name): give each of its NICs a "
                + "lxc.net.N.name of its own"
        case .optionNeedsBridge(let line, let bridge):
            "line \(line) of \(Paths.usernet) has an option for ports of Linux bridges, which \(bridge) "
                + "is not: as root, remove isolated and macfilter from it"
        case .optionUnknownToKernel(let line, let option):
            "line \(line) of \(Paths.usernet) asks for \(option), which this kernel does not have: as "
                + "root, remove it, or run a newer kernel"

        case .kernel(let error): error.description
        case .noRandomness(let errno):
            "cannot get random bytes from the kernel: \(errno.description)"
        case .tool(let trouble): trouble.sentence
        case .vanished(let nic): "\(nic) was made and is gone again: the container may have ended"
        case .notShielded(let nic, let errno):
            "cannot keep the host's routes safe from what comes in by \(nic): \(errno.description)"
        case .answerLost(let errno): "cannot write the answer: \(errno.description)"
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

extension TrustedFile.TrustError {
    fileprivate var sentence: String {
        switch self {
        case .missing:
            "\(Paths.usernet) does not exist, so nobody may have a NIC: as root, make it, with a line "
                + "such as \"alice veth lxcbr0 10\""
        case .writableByOthers(let path):
            "\(path) can be written by others than root, and is not trusted: as root, chown root:root "
                + "and chmod go-w it"
        case .notAFile: "\(Paths.usernet) is not a regular file: as root, put one in its place"
        case .unreadable(let errno): "cannot read \(Paths.usernet): \(errno.description)"
        }
    }
}

extension LockedFile.AccessError {
    fileprivate var sentence: String {
        let path = "\(Paths.ledger)"
        return switch self {
        case .writableByOthers(let path):
            "\(path) can be written by others than root, and is not trusted: as root, chown root:root "
                + "and chmod go-w it"
        case .notADirectory(let path): "\(path) is not a directory: as root, remove it"
        case .notAFile: "\(path) is not a regular file: as root, remove it"
        case .busy(let seconds, let holder?):
            "process \(holder.number) has held the lock of \(path) for \(seconds) s: try again, and if "
                + "it is stopped or hangs, end it"
        case .busy(let seconds, nil):
            "the lock of \(path) was not to be had in \(seconds) s: try again"
        case .replaced: "\(path) was replaced by another program meanwhile: try again"
        case .refused(let operation, let errno): "cannot \(operation): \(errno.description)"
        }
    }
}

extension PrivilegedCommand.RunError {
    fileprivate var sentence: String {
        switch self {
        case .notInstalled(let path):
            "\(path) is needed for this bridge and is not there: install Open vSwitch's switch package"
        case .refused(let path, let errno): "cannot run \(path): \(errno.description)"
        case .failed(let path, let status?, let said):
            "\(path) failed with status \(status)" + (said.utf8.isEmpty ? "" : ": \(said)")
        case .failed(let path, nil, _): "\(path) was ended by a signal"
        }
    }
}
