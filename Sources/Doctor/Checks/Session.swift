internal import Linux

/// Whether the session is the user's own: one by su or sudo has the cgroup and the runtime directory
/// of whoever began it.
enum Session: Check {
    static let name = "session"

    static func findings(_ facts: Facts) -> [Finding] {
        guard let session = facts.session else {
            return facts.cgroups.isSystemd && !facts.cgroups.hasManager ? [noManager(facts)] : []
        }
        if let owner = session.runtimeOwner, owner != facts.subject.user {
            return [
                .problem(
                    "XDG_RUNTIME_DIR=\(printable((session.runtimeDirectory ?? "").utf8))",
                    "it belongs to user \(owner.number): this session was made by su or sudo",
                    .advice(
                        "log in as \(facts.subject.name), or unset XDG_RUNTIME_DIR in this session")
                )
            ]
        }
        if facts.cgroups.isSystemd, !facts.cgroups.hasManager { return [noManager(facts)] }
        guard let login = session.login else {
            return [
                .unknown(
                    "/proc/self/loginuid",
                    "nothing told the kernel who logged in here, as pam_loginuid does at a login: "
                        + "whether this session was made by su or sudo is not known")
            ]
        }
        if login != facts.subject.user {
            return [
                .warning(
                    "/proc/self/loginuid",
                    "user \(login.number) logged in here, and this session of \(facts.subject.name)'s was "
                        + "made by su or sudo",
                    .advice(
                        "log in as \(facts.subject.name) where a program asks for a session of his own"
                    ))
            ]
        }
        return [.ok("/proc/self/loginuid", "the session is \(facts.subject.name)'s own")]
    }

    private static func noManager(_ facts: Facts) -> Finding {
        .problem(
            SessionFacts.manager(of: facts.subject.user),
            "\(facts.subject.name) has no manager of systemd's that could give him a cgroup",
            .command("loginctl enable-linger \(quoted(facts.subject.name))", by: .root))
    }
}
