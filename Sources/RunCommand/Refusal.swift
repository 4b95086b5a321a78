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
    /// Standard output cannot be written.
    case answer(Errno)

    // The host and the installation.
    case notSetuid
    case callerIsRoot
    case start(Errno)
    case ownPath(Errno)
    case privileges(Errno)
    case profile(Errno)
    case policy(TrustedFile.TrustError)
    case tree(UnifiedHierarchy.LookupError)
    case accountsUnavailable(Errno)
    case noAccounts(NSSProgram.ExecutionError)

    // lxc-usercgroup, and the cgroup of the session.
    case noPolicy(user: String)
    case noLine(user: String)
    case invalidLine(UsercgroupFile.InvalidLine)
    case leave(LeavePolicy.LeaveError)
    /// It is no longer in a cgroup that it may leave.
    case moved
    /// It left its cgroup so late that root may have moved it meanwhile.
    case delayed
    case unreadableCgroup(String, Errno)

    // The user's cgroup.
    case userCgroup(UserCgroup.PreparationError)
    case commandCgroup(CommandCgroup.CreationError, in: String)
    case controller(Controller, in: String, Errno)

    // systemd.
    case noManager(UserID)
    case noScopeProgram
}

extension Refusal {
    /// As for env(1), nice(1) and timeout(1): 125 for an error of the program itself, 126 for a
    /// command that cannot be run, 127 for one that does not exist.
    package var exitStatus: Int32 {
        if case .command(_, let error) = self { error.exitStatus } else { 125 }
    }
}

extension Refusal: CustomStringConvertible {
    /// One sentence: what is wrong, and how to fix it.
    package var description: String {
        switch self {
        case .usage: Request.usage
        case .unknownOption(let word): "unknown option \"\(word)\"; \(Request.usage)"
        case .invalidSuffix(let word):
            "\"\(word)\" cannot be part of the name of a cgroup: use 1 to 32 letters, digits, - "
                + "and _"
        case .command(let command, let error): error.sentence(for: command)
        case .answer(let errno): "cannot write to standard output: \(errno.description)"

        case .notSetuid:
            "this program is not setuid root, is on a file system mounted nosuid, or was started "
                + "with no_new_privs: as root, run chown root and chmod 4755 on it; its file "
                + "system must not be mounted nosuid"
        case .callerIsRoot: "root does not need berth-run: root can already use every cgroup"
        case .start(let errno): "cannot open /dev/null: \(errno.description)"
        case .ownPath(let errno): "cannot read /proc/self/exe: \(errno.description)"
        case .privileges(let errno):
            "cannot drop root's privileges, so the command was not run: \(errno.description)"
        case .profile(let errno):
            "cannot enter the AppArmor profile \(CommandLauncher.profile) (\(errno.description)): "
                + "as root, check it with aa-status, and load it with apparmor_parser -r"
        case .policy(let error): error.description
        case .tree(let error): error.description
        case .accountsUnavailable(let errno):
            "cannot look up users and groups (\(errno.description)): check the sources for passwd "
                + "and group in /etc/nsswitch.conf"
        case .noAccounts(let error): error.description

        case .noPolicy(let user):
            "\(Paths.usercgroup) does not exist, so no user may have cgroups: as root, create it "
                + "with a line such as \"\(user) *\""
        case .noLine(let user):
            "no line of \(Paths.usercgroup) lets user \(user) have cgroups: as root, add \"\(user) "
                + "*\" to it"
        case .invalidLine(let invalid):
            "line \(invalid.line) of \(Paths.usercgroup) is invalid "
                + "(\(invalid.error.description)): as root, correct it; berth-cgroup check lists "
                + "all invalid lines"
        case .leave(let error): error.description
        case .moved:
            "root has just moved berth-run to another cgroup, or limited its cgroup: run the "
                + "command again"
        case .delayed:
            "berth-run needed more than \(CommandLauncher.maxEntering / 1000) s to leave its "
                + "cgroup, and root may have moved it meanwhile: run the command again"
        case .unreadableCgroup(let path, let errno):
            "cannot read the cgroup \(path): \(errno.description)"

        case .userCgroup(let error): error.description
        case .commandCgroup(let error, let path): error.sentence(in: path)
        case .controller(let controller, let path, .EBUSY):
            "the controller \(controller.description) cannot be enabled because processes are in "
                + "the cgroup \(path) itself: end those listed in \(path)/cgroup.procs"
        case .controller(let controller, let path, .EOPNOTSUPP):
            "the controller \(controller.description) cannot be enabled because a cgroup beneath "
                + "\(path) is threaded: remove those with \"threaded\" in cgroup.type"
        case .controller(let controller, let path, let errno):
            "cannot enable the controller \(controller.description) in \(path): "
                + "\(errno.description)"

        case .noManager(let user):
            "this host runs systemd, but user \(user.number) has no user manager to provide a "
                + "cgroup: log in directly instead of through su or sudo, or as root, run loginctl "
                + "enable-linger \(user.number)"
        case .noScopeProgram:
            "this host runs systemd, but berth-scope, which asks it for a cgroup, is not "
                + "installed: as root, install the package berth; or install libsystemd-dev, and "
                + "run make install"
        }
    }
}
