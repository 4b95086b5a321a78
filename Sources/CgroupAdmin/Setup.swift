internal import CgroupStatus
internal import Cgroups
internal import Delegation
internal import HostPaths
package import Linux

/// `berth-cgroup setup` and `reload`: applies lxc-usercgroup at boot, while cgroups are in use, or
/// after an interrupted run. It stops no process.
package struct Setup: ~Copyable {
    let hierarchy: DelegatedHierarchy
    var report = ChangeReport()

    /// - Parameter favordynmods: whether to remount cgroups with favordynmods, which makes it
    ///   cheaper to move processes.
    package static func run(favordynmods: Bool = false) throws(Failure) -> ChangeReport {
        var setup = Setup(hierarchy: try DelegatedHierarchy.openForChanges())
        return try setup.apply(favordynmods: favordynmods)
    }

    private init(hierarchy: consuming DelegatedHierarchy) { self.hierarchy = hierarchy }

    private mutating func apply(favordynmods: Bool) throws(Failure) -> ChangeReport {
        let lock = try hierarchy.lock()
        defer { lock.release() }
        let file = try UsercgroupFile.load()
        report.problems += file.invalidLineMessages
        report.warnings += hierarchy.warnings()
        if !file.exists {
            report.warnings.append(
                "\(Paths.usercgroup) does not exist, so no user may have cgroups: create it with a "
                    + "line such as \"alice *\"")
        }
        if favordynmods { mountWithFavordynmods() }
        let controllers = try requiredControllers(file)
        let top = try makeTop()
        try enable(controllers, at: .root)
        try enable(controllers, at: CgroupPath(names: [UserCgroup.top]))
        let named = prepareNamedUsers(file, in: top)
        checkGroupEntries(file, in: top)
        for name in try hierarchy.contents(of: top).users where !named.contains(name.user.number) {
            update(name, file, in: top)
        }
        return report
    }

    /// Remounts the hierarchy (fsconfig(2)).
    private mutating func mountWithFavordynmods() {
        guard !hierarchy.tree.mount.favordynmods else { return }
        let options = hierarchy.tree.mount.settable + [Array("favordynmods".utf8)]
        do {
            try hierarchy.tree.root.directory.setMountOptions(options)
            report.changes.append("remounted \(hierarchy.tree.name(of: .root)) with favordynmods")
        } catch .EINVAL {
            report.problems.append(
                "this kernel does not support favordynmods, which needs Linux 6.0 or later")
        } catch {
            report.problems.append("cannot mount cgroups with favordynmods: \(error)")
        }
    }

    private mutating func requiredControllers(_ file: UsercgroupFile) throws(Failure)
        -> [Controller]
    {
        let host: [Controller]
        do { host = try hierarchy.tree.root.controllers() } catch {
            throw Failure("cannot read the controllers of the kernel: \(error)")
        }
        let required = RequiredControllers(file.validEntries, of: host)
        report.warnings += required.warnings
        return required.list
    }

    private mutating func makeTop() throws(Failure) -> Cgroup {
        if let top = try hierarchy.top() { return top }
        do throws(Errno) {
            try ProcessSanitizer.withDefaultUmask { () throws(Errno) in
                try hierarchy.tree.root.makeChild(UserCgroup.top)
            }
        } catch  where error == .EEXIST {} catch {
            throw Failure("cannot create \(hierarchy.path()): \(error)")
        }
        report.changes.append("created \(hierarchy.path())")
        guard let top = try hierarchy.top() else {
            throw Failure("\(hierarchy.path()) was removed as soon as it was created")
        }
        return top
    }

    // MARK: - Users

    /// - Returns: the IDs of the users that have a line of their own.
    private mutating func prepareNamedUsers(
        _ file: UsercgroupFile, in top: borrowing Cgroup
    ) -> Set<UInt32> {
        var seen: Set<UInt32> = []
        for entry in file.validEntries {
            guard case .user(let name) = entry.owner else { continue }
            let account: Accounts.Member?
            do { account = try Accounts.member(of: name) } catch {
                report.problems.append(
                    entry.message("cannot look up user \(entry.owner): \(error)"))
                continue
            }
            guard let account else {
                report.warnings.append(entry.message("there is no user \(entry.owner)"))
                continue
            }
            let user = account.credentials.user
            guard user != .root else {
                report.warnings.append(
                    entry.message("root needs no line: root can use every cgroup"))
                continue
            }
            guard seen.insert(user.number).inserted else { continue }
            apply(file.decision(for: account.credentials), to: account, in: top)
        }
        return seen
    }

    /// Updates the cgroup of a user without a line of their own: a group's line, or none, applies.
    private mutating func update(
        _ name: DelegatedHierarchy.UserCgroupName, _ file: UsercgroupFile, in top: borrowing Cgroup
    ) {
        do throws(Errno) {
            let account = try Accounts.memberOrNumber(name.user)
            apply(file.decision(for: account.credentials), to: account, in: top)
        } catch {
            report.problems.append(
                "\(hierarchy.path(name.bytes)) is not changed: cannot look up its user: \(error)")
        }
    }

    private mutating func apply(
        _ decision: UsercgroupFile.Decision, to account: Accounts.Member, in top: borrowing Cgroup
    ) {
        let user = account.credentials.user
        let path = hierarchy.path(UserCgroup.name(of: user))
        let name = printable(account.name)
        switch decision {
        case .granted(let entry):
            prepare(account, entry, in: top)
        case .notListed:
            guard (try? top.child(UserCgroup.name(of: user))) != nil else { return }
            if CommandCgroupCleanup.removeIfEmpty(UserCgroup.name(of: user), from: top) {
                report.changes.append("removed \(path): no line applies to \(name) any longer")
            } else {
                report.warnings.append(
                    "\(path) is kept, with its limits, until its processes end: no line applies to "
                        + "\(name) any longer")
            }
        case .invalid(let invalid):
            report.warnings.append(
                UsercgroupFile.message(
                    line: invalid.line,
                    "is invalid, and is the first line for \(name), whose cgroup was not changed"))
        case .accountsUnavailable(let errno):
            report.problems.append("\(name): cannot look up the user's groups: \(errno)")
        }
    }

    private mutating func prepare(
        _ account: Accounts.Member, _ entry: UsercgroupEntry, in top: borrowing Cgroup
    ) {
        let user = account.credentials.user
        let path = hierarchy.path(UserCgroup.name(of: user))
        do throws(UserCgroup.PreparationError) {
            let isNew = ((try? UserCgroup.find(of: user, in: top)) ?? nil) == nil
            _ = try UserCgroup.prepare(
                for: user, account.credentials.group, by: entry,
                in: top)
            if isNew { report.changes.append("created \(path) for \(printable(account.name))") }
        } catch {
            report.problems.append(
                entry.message("\(printable(account.name)): \(error.withoutLine)"))
        }
    }
}
