// The session of a user whom PAM lets in, by pam_exec(8).
//
// 1. Only as root, only at open_session and close_session, and for nobody but the user whom PAM_USER names:
//    no path, no cgroup and no process number comes from outside. The process that is moved is the parent
//    that waits for this one and is root's: a user may end that, and inherit this one with a process of his own.
// 2. The leaf is made as the user, so that the kernel judges that and all in it is his. It is held by
//    descriptor and beneath his node; there are no links in the tree, and none would be followed.
// 3. Where the session came from is noted in a mark on the leaf that only root can read and write, together
//    with the identity of the process: another's session is not taken back, nor to another place.
// 4. Whatever goes wrong, the login goes on where it is: it is a matter for the system's log.

internal import Cgroups
internal import Delegation
internal import Linux

/// What berth-cgroup does for a login.
package struct PAMSession: ~Copyable {
    package enum Moment: Sendable { case opens, closes }

    /// A line for the log; `nil` if there is nothing to tell.
    package typealias Note = (text: String, isTrouble: Bool)

    private let tree: UnifiedHierarchy
    private let account: Accounts.Member
    private let service: [UInt8]
    private let application = ProcessID.parent

    /// So many leaves are looked at for collection: nobody is to wait for the rubbish of others.
    private static let collectedAtOnce = 64

    /// - Parameter user: PAM_USER.
    /// - Parameter service: PAM_SERVICE.
    package static func run(_ moment: Moment, of user: [UInt8], by service: [UInt8]) -> Note? {
        // systemd gives every login a cgroup of its own, and a tree of the first version cannot be
        // delegated: nothing is to be done there, and nobody asked to hear of it at each login.
        guard !Systemd.isRunning, let tree = try? UnifiedHierarchy.find() else { return nil }
        do throws(Errno) {
            guard let account = try Accounts.member(named: user), account.person.user != .root
            else { return nil }
            let login = PAMSession(tree: tree, account: account, service: service)
            do throws(Failure) {
                switch moment {
                case .opens: return try login.open().map { ($0, false) }
                case .closes: return try login.close().map { ($0, false) }
                }
            } catch { return ("user \(printable(user)): \(error)", true) }
        } catch { return ("cannot look up user \(printable(user)): \(error)", true) }
    }

    private init(tree: consuming UnifiedHierarchy, account: Accounts.Member, service: [UInt8]) {
        self.tree = tree
        self.account = account
        self.service = service
    }

    private var user: UserID { account.person.user }
    private var group: GroupID { account.person.groups.first ?? GroupID(user.number) }

    private borrowing func open() throws(Failure) -> String? {
        let file = try PolicyFile.read()
        guard let grant = try grant(file) else { return nil }
        try hold()
        let origin = try place()
        do { try LeavePolicy.allow(from: origin, in: tree) } catch {
            throw Failure("the session stays where it is: \(error)")
        }
        let node = try node(by: grant, of: file)
        let path = tree.name(of: nodePath)
        // Its line may be in two files of which one includes the other.
        if let leaf = ownLeaf(at: origin, in: node), (try? mark(of: leaf)) != nil { return nil }
        let origins = SessionOrigin(
            process: application, startedAt: try startTime(), origin: origin)
        let leaf: [UInt8]
        do throws(CommandCgroup.CreationError) {
            leaf = try FilesystemIdentity.acting(as: user, group, refused: { .refused($0) }) {
                () throws(CommandCgroup.CreationError) in
                try CommandCgroup.make(in: node, suffix) { node, name throws(Errno) in
                    try FilesystemIdentity.acting(
                        as: .root, .root, insteadOf: (user, group), refused: { $0 }
                    ) { () throws(Errno) in
                        let leaf = try node.child(name)
                        try leaf.directory.mark(SessionOrigin.name, origins.bytes)
                        try leaf.admit(application)
                    }
                }
            }
        } catch { throw Failure(error.sentence(in: path)) }
        _ = try? CommandCgroupCleanup.collect(
            in: node, lookingAt: Self.collectedAtOnce, sparing: leaf)
        return "session of user \(printable(account.name)) in \(path)/\(printable(leaf))"
    }

    private borrowing func close() throws(Failure) -> String? {
        guard let top = try? tree.root.child(UserCgroup.top),
            let node = (try? UserCgroup.find(of: user, in: top)) ?? nil
        else { return nil }
        // What cannot go back ends soon where it is, and its leaf is then collected.
        if (try? hold()) != nil, let leaf = ownLeaf(at: try place(), in: node),
            let origin = try? origin(of: leaf)
        {
            try? origin.admit(application)
            // This process was born in the leaf, and would be the last in it.
            try? origin.enter()
        }
        _ = try? CommandCgroupCleanup.collect(in: node, lookingAt: Self.collectedAtOnce)
        return nil
    }

    private borrowing func ownLeaf(at place: CgroupPath, in node: borrowing Cgroup) -> Cgroup? {
        guard place.names.count == 3, place.names.starts(with: nodePath.names) else { return nil }
        return try? node.child(place.names[2])
    }

    /// Where this session's process was, and no other's.
    private borrowing func origin(of leaf: borrowing Cgroup) throws -> Cgroup {
        try tree.root.descendant(mark(of: leaf).origin)
    }

    private borrowing func mark(of leaf: borrowing Cgroup) throws -> SessionOrigin {
        guard let bytes = try leaf.directory.mark(SessionOrigin.name),
            let mark = SessionOrigin(bytes),
            mark.process == application, mark.startedAt == (try startTime())
        else { throw Errno.notFound }
        return mark
    }

    /// - Returns: `nil` for a user whom no line gives anything.
    private borrowing func grant(_ file: PolicyFile) throws(Failure) -> UsercgroupEntry? {
        switch file.verdict(for: account.person) {
        case .granted(let grant): return grant
        case .none: return nil
        case .faulty(let line):
            throw Failure(PolicyFile.place(line, "cannot be understood, and would decide"))
        case .unknown(let errno): throw Failure("cannot look up his groups: \(errno)")
        }
    }

    /// Its user may have stopped su(1), and this process with it, since the policy was read.
    private borrowing func node(
        by grant: UsercgroupEntry, of file: PolicyFile
    ) throws(Failure) -> Cgroup {
        let top: Cgroup
        do { top = try tree.root.child(UserCgroup.top) } catch {
            let path = tree.name(of: CgroupPath(names: [UserCgroup.top]))
            throw Failure("\(path) cannot be opened, run berth-cgroup setup at boot: \(error)")
        }
        do {
            if let node = try UserCgroup.find(of: user, in: top) { return node }
        } catch { throw Failure("cannot open \(tree.name(of: nodePath)): \(error)") }
        do {
            return try UserCgroup.make(for: user, group, by: grant, in: top) {
                (try? PolicyFile.read())?.bytes == file.bytes
            }
        } catch { throw Failure("\(error)") }
    }

    private var nodePath: CgroupPath {
        CgroupPath(names: [UserCgroup.top, UserCgroup.name(of: user)])
    }

    /// What of the service's name may be part of a leaf's.
    private var suffix: CommandCgroup.Suffix? {
        CommandCgroup.Suffix(Array(service.filter { CommandCgroup.Suffix([$0]) != nil }.prefix(32)))
    }

    private borrowing func place() throws(Failure) -> CgroupPath {
        do throws(Errno) {
            let place = CgroupPath.membership(in: try application.cgroupFile())
            guard let place else { throw .notFound }
            return place
        } catch { throw Failure("cannot see in which cgroup the session begins: \(error)") }
    }

    private borrowing func startTime() throws(Failure) -> UInt64 {
        if let time = (try? application.startTime()) ?? nil { return time }
        throw Failure("cannot see when process \(application.number) began")
    }

    /// Makes sure of the application's number. The kernel is told that one, and its user may end it and have
    /// another process get it at any moment. Of a process that is traced nobody else takes the number when it
    /// ends. What is root's and waits for this one then, and for no other, is what started it: a program of
    /// root's that inherits processes waits for any.
    private borrowing func hold() throws(Failure) {
        do throws(Errno) {
            guard application.number > 1 else { throw .invalid }
            try application.keepNumber()
        } catch { throw Failure("process \(application.number) cannot be traced: \(error)") }
        // It may have had no time yet to wait.
        for _ in 1...400 where application == .parent {
            if application.isOfRoot, application.waits(for: .own) { return }
            pause(milliseconds: 5)
        }
        throw Failure(
            "process \(application.number) has ended, or does not wait for this one as pam_exec(8) does"
        )
    }
}
