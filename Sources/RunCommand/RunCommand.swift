// The privileges of berth-run, from beginning to end.
//
// 1. Before any library: the vector of the environment is emptied (CSecureStart). Its strings are kept
//    for the command, and nothing here reads them but the search along PATH, as the caller.
// 2. As root, by fixed names only: /etc/lxc/lxc-usercgroup is read (and again before the node of 4 is
//    made), and the root of the tree of cgroups is opened where the kernel says that it is mounted. The
//    caller chooses no path, no cgroup and no process number. From here until 5 an AppArmor profile of
//    the program's own confines it, if the caller is not confined himself (AppArmorProfile).
// 3. From then on the process is the caller, without capabilities; root is kept aside (as the saved user
//    ID). As the caller: users and groups are looked up, the command is looked for, the cgroup that would
//    be left is judged, the leaf is made.
// 4. Root is taken out for two things: to make the user's node where it is not there yet, which needs no
//    more than his number and the policy's line; and to open the new leaf's cgroup.procs and write "0"
//    there, which moves this process and nothing else.
// 5. Then the process is the caller for good, with no way back, and out of that profile again, for the
//    command is to be confined as its caller is; and only after that does it write to
//    anything that it was given: a descriptor of the caller's may be anything. What a caller's command
//    is to find as the caller left it (signals, umask, limits, working directory, descriptors) is not
//    touched at all, except the umask for the length of one mkdir.

internal import Cgroups
internal import Delegation
internal import HostPaths
package import Linux

/// berth-run as a whole: a command in a fresh cgroup of its user's own.
package enum CommandLauncher {
    package enum Outcome {
        /// A line to tell; the work is done.
        case answer(String)
        /// The command, which this process is to become.
        case command(ExecTarget)
    }

    /// What confines this program by AppArmor while anything of root's is left in it, and no longer: see
    /// etc/apparmor.d.
    package static let profile = "berth-run"

    /// So many leaves are looked at for collection: a few microseconds each.
    static let collectedAtOnce = 16

    /// - Parameter words: the command line without the program's own name.
    /// - Parameter environment: the caller's, for the command.
    /// - Returns: what is left to do, as the caller.
    package static func prepare(
        _ words: [[UInt8]], environment: [[UInt8]]
    ) throws(Refusal) -> Outcome {
        do throws(Errno) {
            try ProcessSanitizer.openStandardDescriptors(keepingThem: false)
        } catch { throw .surroundings(error) }
        AppArmorProfile.enterIfUnconfined(profile)
        let power = try ownPower()
        let request = try Request(words)
        if request.action == .help || request.action == .version {
            try dropToSavedRoot(power).dropPermanentlyOrRefuse()
            return .answer(request.action == .help ? Request.usage : Request.version)
        }
        if Systemd.isRunning {
            let caller = power.caller.user
            try dropToSavedRoot(power).dropPermanentlyOrRefuse()
            return try Systemd.outcome(of: request, for: caller, environment: environment)
        }
        let tree = try found { () throws(UnifiedHierarchy.LookupError) in
            try UnifiedHierarchy.find()
        }
        guard power.caller.user != .root else { throw .callerIsRoot }
        let policy = try read(power)
        let place = try found { () throws(UnifiedHierarchy.LookupError) in
            try UnifiedHierarchy.ownPlace()
        }
        let caller = power.caller
        let root = try dropToSavedRoot(power)

        var person = try known { () throws(Errno) in try OwnerMatcher(caller) }
        let grant = try policy.flatMap { bytes throws(Refusal) in try self.grant(&person, bytes) }
        let target = try Self.target(for: request, environment)
        guard let grant else {
            guard let session = ElogindSession(of: caller.user, at: place, in: tree) else {
                throw policy == nil
                    ? .noPolicy(user: person.description) : .noLine(user: person.description)
            }
            try root.dropPermanentlyOrRefuse()
            return try session.enter(tree, request, target)
        }
        do throws(LeavePolicy.LeaveError) { try LeavePolicy.allow(from: place, in: tree) } catch {
            throw .departure(error)
        }
        let node = try self.node(of: caller, by: grant, of: policy ?? [], in: tree, as: root)
        let path = tree.name(of: nodePath(caller.user))
        let wanted = grant.controllers(of: try controllers(node, path))
        try enableMissing(wanted, in: node, at: path)
        guard let target else {
            try root.dropPermanentlyOrRefuse()
            return .answer(
                "\(path)/run-*: \(wanted.isEmpty ? "no controllers" : wanted.sentence), by line "
                    + "\(grant.line) of \(Paths.usercgroup)")
        }
        let leaf: [UInt8]
        do throws(CommandCgroup.CreationError) {
            leaf = try CommandCgroup.make(in: node, request.suffix) { node, name throws(Errno) in
                try root.asRoot { () throws(Errno) in try node.child(name).enter() }
            }
        } catch { throw .leaf(error, node: path) }
        try root.dropPermanentlyOrRefuse()
        _ = try? CommandCgroupCleanup.collect(in: node, lookingAt: collectedAtOnce, sparing: leaf)
        return .command(target)
    }

    private static func ownPower() throws(Refusal) -> RootPrivilege {
        do throws(RootPrivilege.AcquisitionError) { return try RootPrivilege.ofThisProcess() } catch
        {
            switch error {
            case .notSetuid: throw .notSetuid
            case .unknown(let errno): throw .privileges(errno)
            }
        }
    }

    private static func dropToSavedRoot(_ power: consuming RootPrivilege) throws(Refusal)
        -> SavedRoot
    {
        do throws(Errno) { return try power.dropToSavedRoot() } catch { throw .privileges(error) }
    }

    /// - Returns: `nil` if there is no such file.
    private static func read(_ power: borrowing RootPrivilege) throws(Refusal) -> [UInt8]? {
        do throws(TrustedFile.TrustError) {
            return try TrustedFile.open(
                Paths.usercgroupName, in: Paths.lxcConfiguration, with: power
            ).contents()
        } catch {
            if case .missing = error { return nil }
            throw .policy(error)
        }
    }

    private static func grant(
        _ person: inout OwnerMatcher, _ policy: [UInt8]
    ) throws(Refusal) -> UsercgroupEntry? {
        do throws(UsercgroupFile.Refusal<Errno>) {
            return try UsercgroupFile(policy).grant { field throws(Errno) in
                try person.owner(field) != nil
            }
        } catch {
            switch error {
            case .faulty(let faulty): throw .faultyLine(faulty)
            case .unknown(let errno): throw .accountsUnavailable(errno)
            }
        }
    }

    /// Looked for before anything is made: a command that is not there is the commonest mistake.
    private static func target(
        for request: Request, _ environment: [[UInt8]]
    ) throws(Refusal) -> ExecTarget? {
        guard case .run(let words) = request.action else { return nil }
        do throws(ExecTarget.LookupError) {
            return try ExecTarget(words, environment: environment)
        } catch { throw .command(printable(words.first ?? []), error) }
    }

    private static func nodePath(_ user: UserID) -> CgroupPath {
        CgroupPath(names: [UserCgroup.top, UserCgroup.name(of: user)])
    }

    /// The caller's node. That of a user whom the policy names was made at boot; that of a group's member
    /// is made when he first comes.
    private static func node(
        of caller: Credentials, by grant: UsercgroupEntry, of policy: [UInt8],
        in tree: borrowing UnifiedHierarchy,
        as root: borrowing SavedRoot
    ) throws(Refusal) -> Cgroup {
        let top = try self.top(tree)
        let user = caller.user
        let path = tree.name(of: nodePath(user))
        let found: Cgroup?
        do throws(Errno) { found = try UserCgroup.find(of: user, in: top) } catch {
            throw .unreadableCgroup(path, error)
        }
        if let found { return found }
        do throws(UserCgroup.PreparationError) {
            return try root.asRoot { () throws(UserCgroup.PreparationError) in
                try UserCgroup.make(
                    for: user, caller.groups.first ?? GroupID(user.number), by: grant, in: top
                ) {
                    (try? TrustedFile.open(Paths.usercgroupName, in: Paths.lxcConfiguration)
                        .contents()) == policy
                }
            }
        } catch { throw .node(error) }
    }

    private static func top(_ tree: borrowing UnifiedHierarchy) throws(Refusal) -> Cgroup {
        let path = tree.name(of: CgroupPath(names: [UserCgroup.top]))
        do throws(Errno) { return try tree.root.child(UserCgroup.top) } catch {
            throw error == .notFound ? .notSetUp(path) : .unreadableCgroup(path, error)
        }
    }

    /// The file by which his cgroups get their controllers is the user's own: what he took away comes
    /// back here, or else his containers would start without limits, and nobody would tell him.
    static func enableMissing(
        _ wanted: [Controller], in node: borrowing Cgroup, at path: String
    ) throws(Refusal) {
        let enabled: [Controller]
        do throws(Errno) { enabled = try node.enabledControllers() } catch {
            throw .unreadableCgroup(path, error)
        }
        for controller in wanted where !enabled.contains(controller) {
            do throws(Errno) { try node.enable(controller) } catch {
                throw .inNode(path, controller, error)
            }
        }
    }

    static func controllers(
        _ node: borrowing Cgroup, _ path: String
    ) throws(Refusal) -> [Controller] {
        do throws(Errno) { return try node.controllers() } catch {
            throw .unreadableCgroup(path, error)
        }
    }

    private static func found<Answer: ~Copyable>(
        _ question: () throws(UnifiedHierarchy.LookupError) -> Answer
    ) throws(Refusal) -> Answer {
        do { return try question() } catch { throw .tree(error) }
    }

    private static func known<Answer>(
        _ question: () throws(Errno) -> Answer
    ) throws(Refusal) -> Answer {
        do { return try question() } catch { throw .accountsUnavailable(error) }
    }
}

extension SavedRoot {
    consuming func dropPermanentlyOrRefuse() throws(Refusal) {
        do throws(Errno) {
            try dropPermanently()
            try AppArmorProfile.leave(CommandLauncher.profile)
        } catch { throw .privileges(error) }
    }
}
