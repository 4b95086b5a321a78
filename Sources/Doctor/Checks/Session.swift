internal import HostPaths
internal import Linux

/// Whether the user logged in: su and sudo keep their caller's cgroup and runtime directory.
enum Session: Check {
    static let name = "session"

    static func findings(_ facts: Facts) -> [Finding] {
        let user = facts.target.name
        let needsManager = facts.cgroups.isSystemd && !facts.cgroups.hasUserManager
        guard let session = facts.session else { return needsManager ? [noManager(facts)] : [] }
        if let owner = session.runtimeOwner, owner != facts.target.user {
            return [
                .problem(
                    "XDG_RUNTIME_DIR=\((session.runtimeDirectory ?? "").quoted)",
                    "it belongs to user \(owner.number): su or sudo started this session",
                    .advice("log in as \(user), or unset XDG_RUNTIME_DIR in this session"))
            ]
        }
        if let finding = home(session, facts) { return [finding] }
        if needsManager { return [noManager(facts)] }
        guard let login = session.login else {
            return [
                .unknown(
                    "/proc/self/loginuid",
                    "it is not set, as for a service or a login without pam_loginuid(8), so it is "
                        + "unknown whether su or sudo started this session")
            ]
        }
        if login != facts.target.user {
            return [
                .warning(
                    "/proc/self/loginuid",
                    "user \(login.number) logged in, and su or sudo started this session for "
                        + user,
                    .advice("log in as \(user) if a program needs a login session"))
            ]
        }
        return [.ok("/proc/self/loginuid", "\(user) logged in to this session")]
    }

    /// LXC finds the user's containers and configuration in HOME.
    private static func home(_ session: SessionFacts, _ facts: Facts) -> Finding? {
        let user = facts.target.name
        let own = facts.target.home
        guard let home = session.home, !home.isEmpty else {
            return .problem(
                "HOME",
                "it is not set in this session, so LXC looks for the containers of \(user) in "
                    + "/.local/share/lxc",
                .advice("log in as \(user), or set HOME to \(own.quoted)"))
        }
        let isOther =
            session.files.home.map { $0 != session.files.accountHome } ?? !home.hasPrefix("/")
        guard isOther else { return nil }
        return .problem(
            "HOME=\(home.quoted)",
            "the home directory of \(user) is \(own.quoted), but LXC looks for containers and "
                + "configuration in HOME: sudo with env_keep, or su -m, keeps the HOME of its "
                + "caller, and a line in a shell profile can set another directory",
            .advice("log in as \(user), or set HOME to \(own.quoted) in this session"))
    }

    private static func noManager(_ facts: Facts) -> Finding {
        let user = facts.target.name
        return .problem(
            Paths.userManagerSocket(of: facts.target.user.number),
            "\(user) has no systemd user manager, which would delegate a cgroup",
            .command("loginctl enable-linger \(quoted(user))", by: .root))
    }
}
