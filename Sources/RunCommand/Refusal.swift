package import Cgroups
package import Delegation
internal import HostPaths
package import Linux

/// Why berth-run does not run a command.
package enum Refusal: Error {
    // The command line.
    case usage
    case unknownOption(String)
    case invalidSuffix(String)
    case command(String, ExecTarget.LookupError)
    /// Nobody could be told what was asked.
    case answer(Errno)

    // This program's own footing.
    case notSetuid
    case callerIsRoot
    case surroundings(Errno)
    case privileges(Errno)
    case policy(TrustedFile.TrustError)
    case tree(UnifiedHierarchy.LookupError)
    case notSetUp(String)
    case accountsUnavailable(Errno)

    // What the caller may not have.
    case noPolicy(user: String)
    case noLine(user: String)
    case faultyLine(UsercgroupFile.Faulty)
    case departure(LeavePolicy.LeaveError)
    case unreadableCgroup(String, Errno)

    // His own tree.
    case node(UserCgroup.PreparationError)
    case leaf(CommandCgroup.CreationError, node: String)
    case inNode(String, Controller, Errno)

    // systemd.
    case noManager(UserID)
}

extension Refusal {
    /// As env(1), nice(1) and timeout(1) end: 125 for a trouble of their own, 126 for a command that cannot
    /// be run, 127 for one that is not there.
    package var exitStatus: Int32 {
        if case .command(_, let absence) = self { absence.exitStatus } else { 125 }
    }
}

extension Refusal: CustomStringConvertible {
    /// One sentence: what is wrong, and how to mend it.
    package var description: String {
        switch self {
        case .usage: Request.usage
        case .unknownOption(let word): "there is no option \"\(word)\"; \(Request.usage)"
        case .invalidSuffix(let word):
            "\"\(word)\" cannot be part of a cgroup's name: take 1 to 32 of the letters, digits, - and _"
        case .command(let command, .notFound): "\(command): there is no such command"
        case .command(let command, .refused(let errno)):
            "cannot run \(command): \(errno.description)"
        case .answer(let errno): "cannot write the answer: \(errno.description)"

        case .notSetuid:
            "this program is not setuid root, or lies on a file system mounted nosuid, or was started "
                + "with no_new_privs: as root, chown root and chmod 4755 it on one that is not"
        case .callerIsRoot: "root needs no berth-run: every cgroup is root's already"
        case .surroundings(let errno): "cannot make a safe start: \(errno.description)"
        case .privileges(let errno):
            "cannot give up root's privileges, and will not go on with them: \(errno.description)"
        case .policy(let distrust): distrust.sentence
        case .tree(let absence): absence.description
        case .notSetUp(let path):
            "\(path) is not there: as root, run berth-cgroup setup, and have its service do so at boot"
        case .accountsUnavailable(let errno):
            "cannot look up users and groups (\(errno.description)): see to the sources that "
                + "/etc/nsswitch.conf names for passwd and group"

        case .noPolicy(let user):
            "\(Paths.usercgroup) does not exist, so nobody may have cgroups: as root, make it, with a line such "
                + "as \"\(user) *\""
        case .noLine(let user):
            "no line of \(Paths.usercgroup) lets user \(user) have cgroups: as root, add \"\(user) *\" to it"
        case .faultyLine(let faulty):
            "line \(faulty.line) of \(Paths.usercgroup) cannot be understood (\(faulty.fault.description)): as "
                + "root, mend it; berth-cgroup check names all such lines"
        case .departure(let obstacle): obstacle.description
        case .unreadableCgroup(let path, let errno):
            "cannot read the cgroup \(path): \(errno.description)"

        case .node(let trouble): trouble.description
        case .leaf(let trouble, let node): trouble.sentence(in: node)
        case .inNode(let path, let controller, .busy):
            "processes are in the cgroup \(path) itself, so the controller \(controller.description) is "
                + "not to be had beneath it: end those that \(path)/cgroup.procs lists"
        case .inNode(let path, let controller, .notSupported):
            "a cgroup beneath \(path) is threaded, so the controller \(controller.description) is not to be "
                + "had there: remove what has that in its cgroup.type"
        case .inNode(let path, let controller, let errno):
            "cannot switch on the controller \(controller.description) in \(path): \(errno.description)"

        case .noManager(let user):
            "systemd runs this host, and user \(user.number) has no manager of his own that could give him "
                + "a cgroup: log in directly instead of by su or sudo, or as root, loginctl enable-linger "
                + "\(user.number)"
        }
    }
}
