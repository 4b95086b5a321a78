// The privileges of berth-run, in phases.
//
// 1. Before any library runs, CSecureStart empties the environment. Its strings are kept for the
//    command; this program only reads PATH from it, as the caller.
// 2. As root, with fixed paths only: reads /etc/lxc/lxc-usercgroup (and again while it creates the
//    cgroup of step 4), and opens the root of the cgroup tree where, according to the kernel, it is
//    mounted. The caller chooses no path, no cgroup and no process ID. From here to step 5, the
//    program is confined by an AppArmor profile, unless the caller is confined already
//    (AppArmorProfile). If /etc/passwd and /etc/group are not sufficient to determine the caller's
//    name and groups, it first executes the program with NSS, which begins again with step 1
//    (NSSProgram).
// 3. As the caller, without capabilities, with root as the saved user ID (setresuid(2)): looks up
//    users and groups, searches for the command, decides whether the current cgroup may be left,
//    and creates the command's cgroup.
// 4. Becomes root to create the user's cgroup if it does not exist, which depends only on the user
//    ID and the entry in lxc-usercgroup. Then writes "0" to cgroup.procs of the command's cgroup,
//    with root's filesystem user ID unless both cgroups are the caller's. This moves the process
//    and no other, if it may still leave its cgroup.
// 5. Irrevocably becomes the caller (setresuid(2)), and leaves the AppArmor profile, because the
//    command must be confined as its caller is. Only then does it write to inherited descriptors,
//    which can be anything. Signals, umask, limits, working directory and descriptors stay as the
//    caller set them, except the umask during one mkdir.

internal import Cgroups
internal import Delegation
internal import HostPaths
package import Linux

/// Runs a command in a new cgroup of its user.
package enum CommandLauncher {
    package enum Outcome {
        /// A line to print, without running a command.
        case answer(String)
        /// The command for this process to execute.
        case command(ExecTarget)
    }

    /// The AppArmor profile that confines this program while it is privileged: see etc/apparmor.d.
    package static let profile = "berth-run"

    /// How many old command cgroups are checked for removal. Each check takes a few microseconds.
    static let maxCollected = 16

    /// The maximum time from the decision to leave a cgroup until the process has left it, in
    /// milliseconds. Even on an idle host, the kernel may wait for some milliseconds before it
    /// moves a process, and one after the other if many start at once.
    static let maxEntering = 2000

    /// - Parameters:
    ///   - words: the command line without the name of the program.
    ///   - environment: that of the caller, for the command.
    /// - Returns: what remains to be done, as the caller.
    package static func prepare(
        _ words: [[UInt8]], environment: [[UInt8]]
    ) throws(Refusal) -> Outcome {
        do throws(Errno) {
            try ProcessSanitizer.openStandardDescriptors(keepingThem: false)
        } catch { throw .start(error) }
        do throws(Errno) { try AppArmorProfile.enterIfUnconfined(profile) } catch {
            throw .profile(error)
        }
        var privilege = try rootPrivilege()
        let user = privilege.caller.user
        let request = try Request(words)
        if request.action == .help || request.action == .version {
            try dropToSavedRoot(privilege).dropPermanentlyOrRefuse()
            return .answer(request.action == .help ? Request.usage : Request.version)
        }
        if Systemd.isRunning {
            try dropToSavedRoot(privilege).dropPermanentlyOrRefuse()
            return try Systemd.outcome(of: request, for: user, environment: environment)
        }
        let tree = try lookUp { () throws(UnifiedHierarchy.LookupError) in
            try UnifiedHierarchy.find()
        }
        guard user != .root else { throw .callerIsRoot }
        let policy: UsercgroupFile
        do throws(TrustedFile.TrustError) { policy = try UsercgroupFile.read() } catch {
            throw .policy(error)
        }
        let place = try lookUp { () throws(UnifiedHierarchy.LookupError) in
            try UnifiedHierarchy.ownCgroup()
        }
        do throws(NSSProgram.ExecutionError) {
            try privilege.readAccounts(of: "berth-run", namedIn: [Paths.usercgroup]) {
                (words, environment)
            }
        } catch { throw .noAccounts(error) }
        let caller = privilege.caller
        let root = try dropToSavedRoot(privilege)

        var matcher: OwnerMatcher
        do throws(Errno) { matcher = try OwnerMatcher(caller) } catch {
            throw .accountsUnavailable(error)
        }
        let found = try entry(for: &matcher, in: policy)
        let target = try target(for: request, environment)
        guard let entry = found else {
            guard let session = ElogindSession(of: caller.user, at: place, in: tree) else {
                throw policy.exists
                    ? .noLine(user: matcher.description) : .noPolicy(user: matcher.description)
            }
            try root.dropPermanentlyOrRefuse()
            return try session.enter(tree, request, target)
        }
        do throws(LeavePolicy.LeaveError) { try LeavePolicy.allow(from: place, in: tree) } catch {
            throw .leave(error)
        }
        let cgroup: Cgroup
        do throws(UserCgroup.PreparationError) {
            cgroup = try UserCgroup.open(for: caller, by: entry, of: policy, in: tree) {
                create throws(UserCgroup.PreparationError) in try root.asRoot(create)
            }
        } catch { throw .userCgroup(error) }
        let path = tree.name(of: UserCgroup.path(of: caller.user))
        let selected = entry.controllers(of: try controllers(cgroup, path))
        try enableMissing(selected, in: cgroup, at: path)
        guard let target else {
            try root.dropPermanentlyOrRefuse()
            return .answer(
                "\(path)/run-*: \(selected.isEmpty ? "no controllers" : selected.sentence), "
                    + "granted by line \(entry.line) of \(Paths.usercgroup)")
        }
        let name: [UInt8]
        do throws(CommandCgroup.CreationError) {
            name = try CommandCgroup.make(in: cgroup, request.suffix) {
                cgroup, name throws(Errno) in
                try enter(cgroup.child(name), from: place, in: tree, of: caller.user, root)
            }
        } catch {
            switch error {
            case .cannotEnter(.EXDEV): throw .moved
            case .cannotEnter(.ETIME): throw .delayed
            default: throw .commandCgroup(error, in: path)
            }
        }
        try root.dropPermanentlyOrRefuse()
        _ = try? CommandCgroupCleanup.collect(
            in: cgroup, lookingAt: maxCollected, sparing: name)
        return .command(target)
    }

    /// Moves this process into the command's cgroup.
    /// - Throws: EXDEV if root has moved it, or set a limit, since it was decided that `place` may
    ///   be left: the user can stop this process, and continue it later. ETIME if root may have
    ///   done so after this was checked, because the user has delayed the process here.
    private static func enter(
        _ cgroup: borrowing Cgroup, from place: CgroupPath, in tree: borrowing UnifiedHierarchy,
        of user: UserID, _ root: borrowing SavedRoot
    ) throws(Errno) {
        // The kernel allows the user to move processes between their own cgroups, and no others.
        if place.names.starts(with: UserCgroup.path(of: user).names) { return try cgroup.enter() }
        let start = monotonicMilliseconds()
        try root.accessingFilesAsRoot { () throws(Errno) in
            try confirmLeaving(place, in: tree)
            try cgroup.enter()
        }
        guard monotonicMilliseconds() - start <= maxEntering else { throw .ETIME }
    }

    /// Decides again whether this process may leave its cgroup.
    private static func confirmLeaving(
        _ place: CgroupPath, in tree: borrowing UnifiedHierarchy
    ) throws(Errno) {
        let current: CgroupPath
        do throws(UnifiedHierarchy.LookupError) {
            current = try UnifiedHierarchy.ownCgroup()
        } catch {
            if case .unreadable(_, let errno) = error { throw errno }
            throw .EXDEV
        }
        guard current == place else { throw .EXDEV }
        do throws(LeavePolicy.LeaveError) { try LeavePolicy.allow(from: place, in: tree) } catch {
            if case .unreadable(_, let errno) = error { throw errno }
            throw .EXDEV
        }
    }

    private static func rootPrivilege() throws(Refusal) -> RootPrivilege {
        do throws(RootPrivilege.AcquisitionError) { return try RootPrivilege.ofThisProcess() } catch
        {
            switch error {
            case .notSetuid: throw .notSetuid
            case .unknown(let errno): throw .privileges(errno)
            }
        }
    }

    private static func dropToSavedRoot(
        _ privilege: consuming RootPrivilege
    ) throws(Refusal) -> SavedRoot {
        do throws(Errno) { return try privilege.dropToSavedRoot() } catch {
            throw .privileges(error)
        }
    }

    /// - Returns: `nil` if no line applies to the user.
    private static func entry(
        for matcher: inout OwnerMatcher, in policy: UsercgroupFile
    ) throws(Refusal) -> UsercgroupEntry? {
        switch policy.decision(for: &matcher) {
        case .granted(let entry): return entry
        case .notListed: return nil
        case .invalid(let invalid): throw .invalidLine(invalid)
        case .accountsUnavailable(let errno): throw .accountsUnavailable(errno)
        }
    }

    /// Searches for the command before a cgroup is created: a mistyped name is the most common
    /// error.
    private static func target(
        for request: Request, _ environment: [[UInt8]]
    ) throws(Refusal) -> ExecTarget? {
        guard case .run(let words) = request.action else { return nil }
        do throws(ExecTarget.LookupError) {
            return try ExecTarget(words, environment: environment)
        } catch { throw .command(printable(words.first ?? []), error) }
    }

    private static func lookUp<Answer: ~Copyable>(
        _ question: () throws(UnifiedHierarchy.LookupError) -> Answer
    ) throws(Refusal) -> Answer {
        do { return try question() } catch { throw .tree(error) }
    }

    /// Enables controllers that the user has disabled in cgroup.subtree_control, which the user
    /// owns. Without them, containers would silently start without limits.
    static func enableMissing(
        _ selected: [Controller], in cgroup: borrowing Cgroup, at path: String
    ) throws(Refusal) {
        let enabled: [Controller]
        do throws(Errno) { enabled = try cgroup.enabledControllers() } catch {
            throw .unreadableCgroup(path, error)
        }
        for controller in selected where !enabled.contains(controller) {
            do throws(Errno) { try cgroup.enable(controller) } catch {
                throw .controller(controller, in: path, error)
            }
        }
    }

    static func controllers(
        _ cgroup: borrowing Cgroup, _ path: String
    ) throws(Refusal) -> [Controller] {
        do throws(Errno) { return try cgroup.controllers() } catch {
            throw .unreadableCgroup(path, error)
        }
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
