internal import Cgroups
internal import Delegation
internal import HostPaths
internal import Linux

/// Brings about what the policy says: at boot from nothing, later under live trees, or from what an
/// earlier run left half-way. Nothing runs in what it makes, and it ends nothing that runs.
package struct Setup: ~Copyable {
    let hierarchy: DelegatedHierarchy
    var outcome = ChangeReport()

    /// - Parameter favoringMoves: whether to have the kernel make moves between cgroups cheap.
    package static func run(favoringMoves: Bool = false) throws(Failure) -> ChangeReport {
        var setup = Setup(hierarchy: try DelegatedHierarchy.open())
        return try setup.carryOut(favoringMoves: favoringMoves)
    }

    private init(hierarchy: consuming DelegatedHierarchy) { self.hierarchy = hierarchy }

    private mutating func carryOut(favoringMoves: Bool) throws(Failure) -> ChangeReport {
        let run = try hierarchy.exclusiveRun()
        defer { run.end() }
        let file = try PolicyFile.read()
        outcome.problems += file.faults
        outcome.warnings += hierarchy.warnings()
        if file.isMissing {
            outcome.warnings.append(
                "\(Paths.usercgroup) does not exist, so nobody may have cgroups: make it, with a line such "
                    + "as \"alice *\"")
        }
        if favoringMoves { favorMoves() }
        let wanted = try wantedControllers(file)
        let top = try makeTop()
        try enable(wanted, at: .root)
        try enable(wanted, at: CgroupPath(names: [UserCgroup.top]))
        var seen = prepareNamedUsers(file, in: top)
        tryGroupLines(file, in: top)
        for node in try hierarchy.contents(of: top).nodes where !seen.contains(node.user.number) {
            seen.insert(node.user.number)
            bringUpToDate(node, file, in: top)
        }
        return outcome
    }

    private mutating func favorMoves() {
        guard !hierarchy.tree.mount.favorsMoves else { return }
        let options = hierarchy.tree.mount.settable + [Array("favordynmods".utf8)]
        do {
            try hierarchy.tree.root.directory.setMountOptions(options)
            outcome.changes.append("\(hierarchy.tree.name(of: .root)): mounted with favordynmods")
        } catch .invalid {
            outcome.problems.append(
                "the kernel has no favordynmods: Linux 6.0 was the first with it")
        } catch {
            outcome.problems.append("cannot mount cgroups with favordynmods: \(error)")
        }
    }

    private mutating func wantedControllers(_ file: PolicyFile) throws(Failure) -> [Controller] {
        let host: [Controller]
        do { host = try hierarchy.tree.root.controllers() } catch {
            throw Failure("cannot read the kernel's controllers: \(error)")
        }
        let wanted = RequiredControllers(file.understood, of: host)
        outcome.warnings += wanted.warnings
        return wanted.list
    }

    private mutating func makeTop() throws(Failure) -> Cgroup {
        if let top = try hierarchy.top() { return top }
        do throws(Errno) {
            try ProcessSanitizer.withDefaultUmask { () throws(Errno) in
                try hierarchy.tree.root.makeChild(UserCgroup.top)
            }
        } catch  where error == .exists {} catch {
            throw Failure("cannot make \(hierarchy.path()): \(error)")
        }
        outcome.changes.append("made \(hierarchy.path())")
        guard let top = try hierarchy.top() else {
            throw Failure("\(hierarchy.path()) was taken away as soon as it was made")
        }
        return top
    }

    // MARK: - Users

    /// - Returns: the numbers of the users whom lines name.
    private mutating func prepareNamedUsers(
        _ file: PolicyFile, in top: borrowing Cgroup
    ) -> Set<UInt32> {
        var seen: Set<UInt32> = []
        for grant in file.understood {
            guard case .user(let name) = grant.owner else { continue }
            let account: Accounts.Member?
            do { account = try Accounts.member(of: name) } catch {
                outcome.problems.append(
                    PolicyFile.place(
                        grant.line, "cannot look up user \(grant.owner): \(error)"))
                continue
            }
            guard let account else {
                outcome.warnings.append(
                    PolicyFile.place(grant.line, "there is no user \(grant.owner)"))
                continue
            }
            let user = account.person.user
            guard user != .root else {
                outcome.warnings.append(
                    PolicyFile.place(grant.line, "root needs no line: every cgroup is root's"))
                continue
            }
            guard seen.insert(user.number).inserted else { continue }
            apply(file.verdict(for: account.person), to: account, in: top)
        }
        return seen
    }

    /// A node that is there and whose user no line names: that of a group's member, or of somebody who
    /// has lost his line.
    private mutating func bringUpToDate(
        _ node: DelegatedHierarchy.NodeName, _ file: PolicyFile, in top: borrowing Cgroup
    ) {
        do throws(Errno) {
            let account = try Accounts.someone(node.user)
            apply(file.verdict(for: account.person), to: account, in: top)
        } catch {
            outcome.problems.append(
                "\(hierarchy.path(node.bytes)) stays as it is: cannot look up its user: \(error)")
        }
    }

    private mutating func apply(
        _ verdict: PolicyFile.Verdict, to account: Accounts.Member, in top: borrowing Cgroup
    ) {
        let user = account.person.user
        let path = hierarchy.path(UserCgroup.name(of: user))
        let name = printable(account.name)
        switch verdict {
        case .granted(let grant):
            prepare(account, grant, in: top)
        case .none:
            guard (try? top.child(UserCgroup.name(of: user))) != nil else { return }
            if CommandCgroupCleanup.removeIfEmpty(UserCgroup.name(of: user), from: top) {
                outcome.changes.append("removed \(path): no line is for \(name) any more")
            } else {
                outcome.warnings.append(
                    "\(path) stays, with the limits it has, until what runs there has ended: no line "
                        + "is for \(name) any more")
            }
        case .faulty(let line):
            outcome.warnings.append(
                PolicyFile.place(line, "would decide for \(name), for whom nothing was changed"))
        case .unknown(let errno):
            outcome.problems.append("\(name): cannot look up his groups: \(errno)")
        }
    }

    private mutating func prepare(
        _ account: Accounts.Member, _ grant: UsercgroupEntry, in top: borrowing Cgroup
    ) {
        let user = account.person.user
        let path = hierarchy.path(UserCgroup.name(of: user))
        do throws(UserCgroup.PreparationError) {
            let isNew = ((try? UserCgroup.find(of: user, in: top)) ?? nil) == nil
            _ = try UserCgroup.prepare(
                for: user, account.person.groups.first ?? GroupID(user.number), by: grant, in: top)
            if isNew { outcome.changes.append("made \(path) for \(printable(account.name))") }
        } catch {
            outcome.problems.append(
                PolicyFile.place(grant.line, "\(printable(account.name)): \(error.withoutPlace)"))
        }
    }
}
