// The privileges of berth-run, from beginning to end.
//
// 1. Before any library: the vector of the environment is emptied (CSecureStart). Its strings are kept
//    for the command, and nothing here reads them but the search along PATH, as the caller.
// 2. As root, by fixed names only: /etc/lxc/lxc-usercgroup is read (and again before the node of 4 is
//    made), and the root of the tree of cgroups is opened where the kernel says that it is mounted. The
//    caller chooses no path, no cgroup and no process number. From here until 5 an AppArmor profile of
//    the program's own confines it, if the caller is not confined himself (Confinement).
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
package enum RunCommand {
    package enum Outcome {
        /// A line to tell; the work is done.
        case answer(String)
        /// The command, which this process is to become.
        case command(Replacement)
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
            try Surroundings.occupyStandardDescriptors(keepingThem: false)
        } catch { throw .surroundings(error) }
        Confinement.takeUpIfUnconfined(profile)
        let power = try ownPower()
        let request = try Request(words)
        if request.wish == .help {
            try setAside(power).giveUpOrRefuse()
            return .answer(Request.usage)
        }
        if Systemd.isRunning {
            let caller = power.caller.user
            try setAside(power).giveUpOrRefuse()
            return try Systemd.outcome(of: request, for: caller, environment: environment)
        }
        let tree = try found { () throws(UnifiedTree.Absence) in try UnifiedTree.find() }
        guard power.caller.user != .root else { throw .callerIsRoot }
        let policy = try read(power)
        let place = try found { () throws(UnifiedTree.Absence) in try UnifiedTree.ownPlace() }
        let caller = power.caller
        let root = try setAside(power)

        var person = try known { () throws(Errno) in try Person(caller) }
        let grant = try policy.flatMap { bytes throws(Refusal) in try self.grant(&person, bytes) }
        let replacement = try Self.replacement(for: request, environment)
        guard let grant else {
            guard let session = DelegatedSession(of: caller.user, at: place, in: tree) else {
                throw policy == nil
                    ? .noPolicy(user: person.description) : .noLine(user: person.description)
            }
            try root.giveUpOrRefuse()
            return try session.enter(tree, request, replacement)
        }
        do throws(Departure.Obstacle) { try Departure.allow(from: place, in: tree) } catch {
            throw .departure(error)
        }
        let node = try self.node(of: caller, by: grant, of: policy ?? [], in: tree, as: root)
        let path = tree.name(of: nodePath(caller.user))
        let wanted = grant.controllers(of: try controllers(node, path))
        try enableMissing(wanted, in: node, at: path)
        guard let replacement else {
            try root.giveUpOrRefuse()
            return .answer(
                "\(path)/run-*: \(wanted.isEmpty ? "no controllers" : wanted.sentence), by line "
                    + "\(grant.line) of \(Paths.usercgroup)")
        }
        let leaf: [UInt8]
        do throws(Leaf.Trouble) {
            leaf = try Leaf.make(in: node, request.suffix) { node, name throws(Errno) in
                try root.act { () throws(Errno) in try node.child(name).enter() }
            }
        } catch { throw .leaf(error, node: path) }
        try root.giveUpOrRefuse()
        _ = try? LeafCollection.collect(in: node, lookingAt: collectedAtOnce, sparing: leaf)
        return .command(replacement)
    }

    private static func ownPower() throws(Refusal) -> RootPower {
        do throws(RootPower.Absence) { return try RootPower.ofThisProcess() } catch {
            switch error {
            case .notSetuid: throw .notSetuid
            case .unknown(let errno): throw .privileges(errno)
            }
        }
    }

    private static func setAside(_ power: consuming RootPower) throws(Refusal) -> LentRoot {
        do throws(Errno) { return try power.setAside() } catch { throw .privileges(error) }
    }

    /// - Returns: `nil` if there is no such file.
    private static func read(_ power: borrowing RootPower) throws(Refusal) -> [UInt8]? {
        do throws(TrustedFile.Distrust) {
            return try TrustedFile.open(
                Paths.usercgroupName, in: Paths.lxcConfiguration, with: power
            ).contents()
        } catch {
            if case .missing = error { return nil }
            throw .policy(error)
        }
    }

    private static func grant(
        _ person: inout Person, _ policy: [UInt8]
    ) throws(Refusal) -> Grant? {
        do throws(Policy.Refusal<Errno>) {
            return try Policy(policy).grant { field throws(Errno) in
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
    private static func replacement(
        for request: Request, _ environment: [[UInt8]]
    ) throws(Refusal) -> Replacement? {
        guard case .run(let words) = request.wish else { return nil }
        do throws(Replacement.Absence) {
            return try Replacement(words, environment: environment)
        } catch { throw .command(printable(words.first ?? []), error) }
    }

    private static func nodePath(_ user: UserID) -> CgroupPath {
        CgroupPath(names: [UserNode.top, UserNode.name(of: user)])
    }

    /// The caller's node. That of a user whom the policy names was made at boot; that of a group's member
    /// is made when he first comes.
    private static func node(
        of caller: Caller, by grant: Grant, of policy: [UInt8], in tree: borrowing UnifiedTree,
        as root: borrowing LentRoot
    ) throws(Refusal) -> Cgroup {
        let top = try self.top(tree)
        let user = caller.user
        let path = tree.name(of: nodePath(user))
        let found: Cgroup?
        do throws(Errno) { found = try UserNode.find(of: user, in: top) } catch {
            throw .unreadableCgroup(path, error)
        }
        if let found { return found }
        do throws(UserNode.Trouble) {
            return try root.act { () throws(UserNode.Trouble) in
                try UserNode.make(
                    for: user, caller.groups.first ?? GroupID(user.number), by: grant, in: top
                ) {
                    (try? TrustedFile.open(Paths.usercgroupName, in: Paths.lxcConfiguration)
                        .contents()) == policy
                }
            }
        } catch { throw .node(error) }
    }

    private static func top(_ tree: borrowing UnifiedTree) throws(Refusal) -> Cgroup {
        let path = tree.name(of: CgroupPath(names: [UserNode.top]))
        do throws(Errno) { return try tree.root.child(UserNode.top) } catch {
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
        _ question: () throws(UnifiedTree.Absence) -> Answer
    ) throws(Refusal) -> Answer {
        do { return try question() } catch { throw .tree(error) }
    }

    private static func known<Answer>(
        _ question: () throws(Errno) -> Answer
    ) throws(Refusal) -> Answer {
        do { return try question() } catch { throw .accountsUnavailable(error) }
    }
}

extension LentRoot {
    consuming func giveUpOrRefuse() throws(Refusal) {
        do throws(Errno) {
            try giveUp()
            try Confinement.layAside(RunCommand.profile)
        } catch { throw .privileges(error) }
    }
}
