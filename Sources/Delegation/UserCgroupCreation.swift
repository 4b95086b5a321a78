package import Cgroups
package import Linux

// The user can stop the process that creates the user's cgroup, at any moment and for days. When it
// continues, it must not set outdated limits (a race). Therefore each process completes only a
// cgroup that it created itself, and first removes one that another process left incomplete. A
// process whose cgroup was removed then changes nothing.
extension UserCgroup {
    /// Opens the user's cgroup. If lxc-usercgroup names the user, setup created the cgroup at boot.
    /// If it names one of the user's groups, the cgroup is created here, when it is first used.
    /// - Parameter asRoot: runs its argument as root.
    package static func open(
        for user: Credentials, by entry: UsercgroupEntry, of file: UsercgroupFile,
        in tree: borrowing UnifiedHierarchy,
        asRoot: (() throws(PreparationError) -> Cgroup) throws(PreparationError) -> Cgroup
    ) throws(PreparationError) -> Cgroup {
        let parent = try parent(in: tree)
        return try asRoot { () throws(PreparationError) in
            try openOrCreate(for: user, by: entry, of: file, in: parent)
        }
    }

    private static func openOrCreate(
        for user: Credentials, by entry: UsercgroupEntry, of file: UsercgroupFile,
        in top: borrowing Cgroup
    ) throws(PreparationError) -> Cgroup {
        let existing = try refused { () throws(Errno) in try find(of: user.user, in: top) }
        if let existing {
            try requireLimits(of: entry, in: existing)
            return existing
        }
        var isNew = false
        return try create(for: user.user, user.group, by: entry, in: top, isNew: &isNew) {
            (try? UsercgroupFile.read())?.bytes == file.bytes
        }
    }

    /// Refuses a cgroup in which a limit of the line is not in force, because the kernel does not
    /// support it, or rejected it. Values changed in lxc-usercgroup take effect with the next
    /// reload.
    private static func requireLimits(
        of entry: UsercgroupEntry, in cgroup: borrowing Cgroup
    ) throws(PreparationError) {
        let rejected = try refused { () throws(Errno) in
            try cgroup.directory.extendedAttribute(rejectedLimitAttribute) ?? []
        }
        guard rejected.isEmpty else { throw .rejected(printable(rejected), line: entry.line) }
        for limit in entry.limits {
            let exists = try refused { () throws(Errno) in
                try cgroup.directory.contains(limit.file)
            }
            guard exists else { throw .limit(limit, line: entry.line, .ENOENT) }
        }
    }

    private static func parent(
        in tree: borrowing UnifiedHierarchy
    ) throws(PreparationError) -> Cgroup {
        do throws(Errno) { return try tree.root.child(top) } catch {
            let path = tree.name(of: CgroupPath(names: [top]))
            throw error == .ENOENT ? .notSetUp(path) : .unreadable(path, error)
        }
    }

    /// Creates the cgroup of a user, as root. A complete one is returned unchanged.
    /// - Parameter isCurrent: whether lxc-usercgroup still has the entry. Called after the cgroup
    ///   has been created: from then on, a program that applies a changed file finds the cgroup.
    /// - Parameter isNew: whether this process created it; otherwise another one did.
    static func create(
        for user: UserID, _ group: GroupID, by entry: UsercgroupEntry, in top: borrowing Cgroup,
        isNew: inout Bool, while isCurrent: () -> Bool
    ) throws(PreparationError) -> Cgroup {
        let name = name(of: user)
        for attempt in 1...attempts {
            do throws(Errno) {
                do throws(Errno) { try top.makeChild(name) } catch  where error == .EEXIST {
                    if let cgroup = try find(of: user, in: top) {
                        isNew = false
                        return cgroup
                    }
                    try waitOrRemove(name, from: top, attempt)
                    continue
                }
            } catch  where error == .ENOENT {
                continue
            } catch { throw .refused(error) }
            guard let cgroup = try? top.child(name) else { continue }
            guard isCurrent() else {
                try? top.removeChild(name)
                throw .outdated
            }
            var failure: PreparationError?
            do { try configure(cgroup, isNew: true, for: user, group, by: entry) } catch {
                failure = error
            }
            let exists = try refused { () throws(Errno) in
                try cgroup.directory.contains(Array("cgroup.procs".utf8))
            }
            guard exists else { continue }
            if let failure { throw failure }
            isNew = true
            return cgroup
        }
        throw .refused(.EBUSY)
    }

    /// An incomplete cgroup is removed after half a second. Creating one takes 5 milliseconds.
    private static var attempts: Int { 1000 }
    private static var attemptsBeforeRemoval: Int { 100 }

    private static func waitOrRemove(
        _ name: [UInt8], from top: borrowing Cgroup, _ attempt: Int
    ) throws(Errno) {
        guard attempt % attemptsBeforeRemoval == 0 else { return pause(milliseconds: 5) }
        // EBUSY: another process has just completed it, and a command is in it.
        do throws(Errno) { try top.removeChild(name) } catch  where error == .EBUSY {}
    }
}
