internal import Cgroups
internal import Linux

extension UserCgroup {
    /// An extended attribute (xattr(7)) with the names of the limits that are set, so that those
    /// that are no longer in lxc-usercgroup can be reset.
    private static var limitsAttribute: String { "trusted.berth.limits" }

    /// Applies limits, controllers and ownership. Idempotent. Gives a new cgroup to the user last.
    static func configure(
        _ cgroup: borrowing Cgroup, isNew: Bool, for user: UserID, _ group: GroupID,
        by entry: UsercgroupEntry
    ) throws(PreparationError) {
        try setLimits(entry, in: cgroup)
        try disableOthers(entry, in: cgroup)
        // No cgroup is beneath it yet.
        if isNew { try enable(entry, in: cgroup) }
        try delegate(cgroup, isNew: isNew, to: user, group)
        guard !isNew else { return }
        // The files of a controller in the user's cgroups belong to the user who enables it. If
        // root owned them, lxc-start would silently set no limits.
        try FilesystemIdentity.acting(as: user, group, refused: { .refused($0) }) {
            () throws(PreparationError) in
            try enable(entry, in: cgroup)
        }
    }

    /// Gives the user the cgroup and its ``DelegatedFiles`` (fchownat(2)), like chown(1).
    private static func delegate(
        _ cgroup: borrowing Cgroup, isNew: Bool, to user: UserID, _ group: GroupID
    ) throws(PreparationError) {
        try refused { () throws(Errno) in
            for file in DelegatedFiles.ofThisKernel() {
                // memory.reclaim exists only with its controller.
                do throws(Errno) {
                    try cgroup.directory.changeOwner(of: file, to: user, group)
                } catch
                    where error == .ENOENT
                {}
            }
            try cgroup.directory.setExtendedAttribute(delegatedAttribute, to: [0x31])
            do throws(Errno) {
                try cgroup.directory.setExtendedAttribute("user.delegate", to: [0x31])
            } catch {
                // The user may have used up the space for user attributes.
                if isNew { throw error }
            }
            try cgroup.directory.changeMode(to: permissions)
            try cgroup.directory.changeOwner(to: user, group)
        }
    }

    // MARK: - Limits

    /// Writes the limits of the line, such as memory.max, pids.max, cpu.max and io.max, and resets
    /// those that it no longer has.
    private static func setLimits(
        _ entry: UsercgroupEntry, in cgroup: borrowing Cgroup
    ) throws(PreparationError) {
        let limits =
            entry.limits
            + Limit.defaults.filter { limit in !entry.limits.contains { $0.file == limit.file } }
        let names = limits.map { $0.file }
        let former = try refused { () throws(Errno) in
            (try cgroup.directory.extendedAttribute(limitsAttribute) ?? []).split(separator: 0x20)
                .map { Array($0) }
        }
        let gone = former.filter { !names.contains($0) }
        // The attribute names a limit before it is set, so that none is forgotten after a crash.
        try recordLimits(names + gone, on: cgroup)
        // The kernel may reject one, for example because usage exceeds it. Set the others anyway.
        var failure: PreparationError?
        var rejected: [UInt8] = []
        for limit in limits {
            do throws(Errno) { try cgroup.directory.write(limit.value, to: limit.file) } catch {
                if failure == nil { rejected = Array(limit.description.utf8) }
                failure = failure ?? .limit(limit, line: entry.line, error)
            }
        }
        for file in gone {
            do throws(Errno) { try LimitFiles.reset(file, in: cgroup) } catch
                where error == .ENOENT
            {
                // The kernel does not support this limit, so there is nothing to reset.
            } catch {
                failure =
                    failure ?? .limit(Limit(file: file, value: []), line: entry.line, error)
            }
        }
        // berth-run refuses the cgroup for as long as a limit of the line is not in force.
        try refused { () throws(Errno) in
            try cgroup.directory.setExtendedAttribute(rejectedLimitAttribute, to: rejected)
        }
        if let failure { throw failure }
        try recordLimits(names, on: cgroup)
    }

    private static func recordLimits(
        _ files: [[UInt8]], on cgroup: borrowing Cgroup
    ) throws(PreparationError) {
        let bytes = Array(files.joined(separator: [0x20]))
        try refused { () throws(Errno) in
            try cgroup.directory.setExtendedAttribute(limitsAttribute, to: bytes)
        }
    }

    // MARK: - Controllers

    /// Disables all controllers but those of the line in cgroup.subtree_control.
    private static func disableOthers(
        _ entry: UsercgroupEntry, in cgroup: borrowing Cgroup
    ) throws(PreparationError) {
        let (selected, enabled) = try controllers(entry, in: cgroup)
        for controller in enabled where !selected.contains(controller) {
            try change(controller) { () throws(Errno) in try cgroup.disable(controller) }
        }
    }

    /// Enables the controllers of the line in cgroup.subtree_control.
    private static func enable(
        _ entry: UsercgroupEntry, in cgroup: borrowing Cgroup
    ) throws(PreparationError) {
        let (selected, enabled) = try controllers(entry, in: cgroup)
        for controller in selected where !enabled.contains(controller) {
            try change(controller) { () throws(Errno) in try cgroup.enable(controller) }
        }
    }

    private static func controllers(
        _ entry: UsercgroupEntry, in cgroup: borrowing Cgroup
    ) throws(PreparationError) -> (selected: [Controller], enabled: [Controller]) {
        try refused { () throws(Errno) in
            (entry.controllers(of: try cgroup.controllers()), try cgroup.enabledControllers())
        }
    }

    private static func change(
        _ controller: Controller, _ body: () throws(Errno) -> Void
    ) throws(PreparationError) {
        do throws(Errno) { try body() } catch {
            throw error == .EBUSY ? .occupied(controller) : .controller(controller, error)
        }
    }
}
