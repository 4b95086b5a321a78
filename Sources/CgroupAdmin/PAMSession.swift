// Moves a user's session into a cgroup. Run by pam_exec(8), in place of a PAM module with
// pam_sm_open_session(3) and pam_sm_close_session(3), such as LXC's pam_cgfs(8) (libpam-cgfs).
//
// 1. It runs only as root, only at open_session and close_session, and only for the user in
//    PAM_USER. No path, cgroup or process ID comes from outside. It moves its parent, which must
//    run as root and wait for this process: otherwise, a user could kill the real parent, and have
//    another process adopt this one. If the parent ends, the kernel kills this process first
//    (PR_SET_PDEATHSIG).
// 2. The session's cgroup is created with the user's filesystem identity (setfsuid(2)), so that the
//    kernel checks the user's permissions, and the user owns everything in it. It is opened
//    relative to a descriptor of the user's cgroup. The hierarchy has no symbolic links, and none
//    would be followed.
// 3. The former cgroup of the session, and the identity of its process, are in an extended
//    attribute (xattr(7)) that only root can read and write: pam_set_data(3) keeps data for a
//    module only. Only that process is moved back, and only to that cgroup.
// 4. After any error, the session stays in its cgroup, and the error is logged. The exit status is
//    0 even then, and for users without a line, where a module would return PAM_IGNORE: pam_exec(8)
//    returns PAM_SUCCESS.

internal import Cgroups
internal import Delegation
internal import Linux

/// `berth-cgroup pam`: one login.
package struct PAMSession: ~Copyable {
    package enum Event: Sendable { case open, close }

    package typealias LogEntry = (text: String, isError: Bool)

    private let tree: UnifiedHierarchy
    private let account: Accounts.Member
    private let service: [UInt8]
    private let application = ProcessID.parent

    /// How many old command cgroups are checked for removal: a login must not wait for more.
    private static let maxCollected = 64

    /// - Parameter user: PAM_USER.
    /// - Parameter service: PAM_SERVICE.
    package static func run(
        _ event: Event, of user: [UInt8], by service: [UInt8]
    ) -> LogEntry? {
        // systemd creates a cgroup for each login (pam_systemd(8)), and cgroup v1 cannot be
        // delegated. Both are normal and not logged.
        guard !Systemd.isRunning, let tree = try? UnifiedHierarchy.find() else { return nil }
        do throws(Errno) {
            guard let account = try Accounts.member(named: user), account.credentials.user != .root
            else { return nil }
            let login = PAMSession(tree: tree, account: account, service: service)
            do throws(Failure) {
                switch event {
                case .open: return try login.open().map { ($0, false) }
                case .close: return try login.close().map { ($0, false) }
                }
            } catch { return ("user \(printable(user)): \(error)", true) }
        } catch { return ("cannot look up user \(printable(user)): \(error)", true) }
    }

    private init(tree: consuming UnifiedHierarchy, account: Accounts.Member, service: [UInt8]) {
        self.tree = tree
        self.account = account
        self.service = service
    }

    private var user: UserID { account.credentials.user }
    private var group: GroupID { account.credentials.group }

    private borrowing func open() throws(Failure) -> String? {
        let file = try UsercgroupFile.load()
        guard let entry = try entry(in: file) else { return nil }
        try traceApplication()
        let origin = try place()
        do { try LeavePolicy.allow(from: origin, in: tree) } catch {
            throw Failure("the session is not moved: \(error)")
        }
        let userCgroup = try userCgroup(by: entry, of: file)
        let path = tree.name(of: UserCgroup.path(of: user))
        // The line of pam_exec may be in two files, one of which includes the other.
        if let cgroup = commandCgroup(at: origin, in: userCgroup),
            (try? sessionOrigin(of: cgroup)) != nil
        {
            return nil
        }
        let origins = SessionOrigin(
            process: application, startedAt: try startTime(), origin: origin)
        let cgroup: [UInt8]
        do throws(CommandCgroup.CreationError) {
            cgroup = try FilesystemIdentity.acting(as: user, group, refused: { .refused($0) }) {
                () throws(CommandCgroup.CreationError) in
                try CommandCgroup.make(in: userCgroup, suffix) { userCgroup, name throws(Errno) in
                    try FilesystemIdentity.acting(
                        as: .root, .root, insteadOf: (user, group), refused: { $0 }
                    ) { () throws(Errno) in
                        let cgroup = try userCgroup.child(name)
                        try cgroup.directory.setExtendedAttribute(
                            SessionOrigin.name, to: origins.bytes)
                        // The change of identity cleared the parent-death signal.
                        guard try ProcessID.setParentDeathSignal(application) else {
                            throw .ESRCH
                        }
                        try cgroup.attach(application)
                    }
                }
            }
        } catch { throw Failure(error.sentence(in: path)) }
        _ = try? CommandCgroupCleanup.collect(
            in: userCgroup, lookingAt: Self.maxCollected, sparing: cgroup)
        return "session of user \(printable(account.name)) in \(path)/\(printable(cgroup))"
    }

    private borrowing func close() throws(Failure) -> String? {
        guard let top = try? tree.root.child(UserCgroup.top),
            let userCgroup = (try? UserCgroup.find(of: user, in: top)) ?? nil
        else { return nil }
        // A process that cannot be moved back ends soon, and its cgroup is removed later.
        if (try? traceApplication()) != nil,
            let cgroup = commandCgroup(at: try place(), in: userCgroup),
            let origin = try? origin(of: cgroup)
        {
            try? origin.attach(application)
            // Otherwise this process, which was started in that cgroup, would prevent it from being
            // removed.
            try? origin.enter()
        }
        _ = try? CommandCgroupCleanup.collect(in: userCgroup, lookingAt: Self.maxCollected)
        return nil
    }

    private borrowing func commandCgroup(at place: CgroupPath, in userCgroup: borrowing Cgroup)
        -> Cgroup?
    {
        guard place.names.count == 3, place.names.starts(with: UserCgroup.path(of: user).names)
        else { return nil }
        return try? userCgroup.child(place.names[2])
    }

    private borrowing func origin(of cgroup: borrowing Cgroup) throws -> Cgroup {
        try tree.root.descendant(sessionOrigin(of: cgroup).origin)
    }

    private borrowing func sessionOrigin(of cgroup: borrowing Cgroup) throws -> SessionOrigin {
        guard let bytes = try cgroup.directory.extendedAttribute(SessionOrigin.name),
            let origin = SessionOrigin(bytes),
            origin.process == application, origin.startedAt == (try startTime())
        else { throw Errno.ENOENT }
        return origin
    }

    /// - Returns: `nil` if no line applies to the user.
    private borrowing func entry(in file: UsercgroupFile) throws(Failure) -> UsercgroupEntry? {
        switch file.decision(for: account.credentials) {
        case .granted(let entry): return entry
        case .notListed: return nil
        case .invalid(let invalid):
            throw Failure(
                UsercgroupFile.message(
                    line: invalid.line, "is invalid, and is the first line for the user"))
        case .accountsUnavailable(let errno): throw Failure("cannot look up groups: \(errno)")
        }
    }

    /// Opens the user's cgroup, or creates it if lxc-usercgroup has not changed since it was read:
    /// the user may have stopped su(1), and this process with it, for days.
    private borrowing func userCgroup(
        by entry: UsercgroupEntry, of file: UsercgroupFile
    ) throws(Failure) -> Cgroup {
        do {
            return try UserCgroup.open(for: account.credentials, by: entry, of: file, in: tree) {
                create throws(UserCgroup.PreparationError) in try create()
            }
        } catch { throw Failure("\(error)") }
    }

    /// The service's name, without characters that are invalid in the suffix of a cgroup.
    private var suffix: CommandCgroup.Suffix? {
        CommandCgroup.Suffix(Array(service.filter { CommandCgroup.Suffix([$0]) != nil }.prefix(32)))
    }

    private borrowing func place() throws(Failure) -> CgroupPath {
        do throws(Errno) {
            let place = CgroupPath.membership(in: try application.cgroupFile())
            guard let place else { throw .ENOENT }
            return place
        } catch { throw Failure("cannot read the cgroup of the session: \(error)") }
    }

    private borrowing func startTime() throws(Failure) -> UInt64 {
        if let time = (try? application.startTime()) ?? nil { return time }
        throw Failure("cannot read the start time of process \(application.number)")
    }

    /// Traces the application (ptrace(2)), so that its process ID is not reused before it is moved,
    /// even if the user kills it. If it then runs as root and waits for this process only, it is
    /// the process that started this one: a root process that adopts orphans (a subreaper) waits
    /// for any child.
    private borrowing func traceApplication() throws(Failure) {
        do throws(Errno) {
            guard application.number > 1 else { throw .EINVAL }
            guard try ProcessID.setParentDeathSignal(application) else { throw .ESRCH }
            // PTRACE_SEIZE
            try application.preventIDReuse()
        } catch { throw Failure("process \(application.number) cannot be traced: \(error)") }
        // The application may not have begun to wait yet.
        for _ in 1...400 where application == .parent {
            if application.waitsAsRoot(for: .own) { return }
            pause(milliseconds: 5)
        }
        throw Failure(
            "process \(application.number) has ended, or does not wait for this one as pam_exec(8) "
                + "does"
        )
    }
}
