internal import Cgroups
internal import Delegation
internal import Linux

/// An elogind session with a delegated cgroup: `3/delegated` and its sibling `3/session`, as
/// elogind 255.25 and 257.15 create them for DelegateSessionCgroups= in logind.conf(5). The user
/// can create cgroups in `3/delegated`, and enter them, without privileges.
struct ElogindSession {
    private let path: CgroupPath

    /// - Parameter place: the cgroup of the caller.
    /// - Returns: `nil` if it is in no such session, or in that of another user.
    init?(of user: UserID, at place: CgroupPath, in tree: borrowing UnifiedHierarchy) {
        guard let depth = SessionCgroup.depth(of: place), place.names.count > depth
        else { return nil }
        let delegated = CgroupPath(names: place.names[..<depth] + [Array("delegated".utf8)])
        guard
            place.names[depth].elementsEqual("session".utf8)
                || place.names[depth] == delegated.names[depth],
            let cgroup = try? tree.root.descendant(delegated),
            (try? cgroup.directory.owner()) == user
        else { return nil }
        self.path = delegated
    }

    /// Creates a cgroup for the command, and enters it. Call this only after root's privileges have
    /// been dropped, so that the kernel checks the permissions of the caller.
    func enter(
        _ tree: borrowing UnifiedHierarchy, _ request: Request, _ target: ExecTarget?
    ) throws(Refusal) -> CommandLauncher.Outcome {
        let name = tree.name(of: path)
        guard let target else { return .answer("\(name)/run-*, provided by elogind") }
        let cgroup: Cgroup
        do throws(Errno) { cgroup = try tree.root.descendant(path) } catch {
            throw .unreadableCgroup(name, error)
        }
        // No entry selects controllers, so all of them are enabled, as with "*".
        let selected = UsercgroupEntry.ControllerSelection.all.controllers(
            of: try CommandLauncher.controllers(cgroup, name))
        try CommandLauncher.enableMissing(selected, in: cgroup, at: name)
        let made: [UInt8]
        do throws(CommandCgroup.CreationError) {
            made = try CommandCgroup.make(in: cgroup, request.suffix) {
                cgroup, name throws(Errno) in
                try cgroup.child(name).enter()
            }
        } catch { throw .commandCgroup(error, in: name) }
        _ = try? CommandCgroupCleanup.collect(
            in: cgroup, lookingAt: CommandLauncher.maxCollected, sparing: made)
        return .command(target)
    }
}
