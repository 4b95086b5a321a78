internal import Cgroups
internal import Delegation
internal import Linux

/// A session of elogind's that was given a part of the tree for its user's own use, `3/delegated` beside
/// `3/session`: DelegateSessionCgroups= in logind.conf(5) of elogind 255.25 and 257.15. There a user makes
/// cgroups, and moves himself into them, without anybody's privilege.
struct ElogindSession {
    private let place: CgroupPath

    /// - Parameter place: where the caller is.
    /// - Returns: `nil` if he is in no such session, or it is not his.
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
        self.place = delegated
    }

    /// To be called when nothing of root's is left: the kernel then judges the caller.
    func enter(
        _ tree: borrowing UnifiedHierarchy, _ request: Request, _ target: ExecTarget?
    ) throws(Refusal) -> CommandLauncher.Outcome {
        let path = tree.name(of: place)
        guard let target else { return .answer("\(path)/run-*, by elogind") }
        let node: Cgroup
        do throws(Errno) { node = try tree.root.descendant(place) } catch {
            throw .unreadableCgroup(path, error)
        }
        // Nobody's line says which: all, as with "*".
        let all = UsercgroupEntry.controllers(
            of: try CommandLauncher.controllers(node, path), for: .all)
        try CommandLauncher.enableMissing(all, in: node, at: path)
        let leaf: [UInt8]
        do throws(CommandCgroup.CreationError) {
            leaf = try CommandCgroup.make(in: node, request.suffix) { node, name throws(Errno) in
                try node.child(name).enter()
            }
        } catch { throw .leaf(error, node: path) }
        _ = try? CommandCgroupCleanup.collect(
            in: node, lookingAt: CommandLauncher.collectedAtOnce, sparing: leaf)
        return .command(target)
    }
}
