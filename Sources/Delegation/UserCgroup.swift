package import Cgroups
internal import HostPaths
package import Linux

/// The cgroup of one user, `berth/u1000`, in which the user creates one for each command.
///
/// The user owns its directory and the delegated files; root owns its limits. No process is in it.
package enum UserCgroup {
    /// The parent of all users' cgroups. It belongs to root, and no process is in it.
    package static var top: [UInt8] { Array("berth".utf8) }

    package static func name(of user: UserID) -> [UInt8] { Array("u\(user.number)".utf8) }

    package static func path(of user: UserID) -> CgroupPath {
        CgroupPath(names: [top, name(of: user)])
    }

    /// Only the user may list the cgroup, but all users may traverse it: before Linux 6.16, a
    /// container's root, an unprivileged user on the host, needs that to mount cgroup2.
    static var permissions: UInt32 { 0o711 }

    package enum PreparationError: Error {
        case notSetUp(String)
        case unreadable(String, Errno)
        case limit(Limit, line: Int, Errno)
        /// The kernel rejected a limit when berth-cgroup applied the line.
        case rejected(String, line: Int)
        case controller(Controller, Errno)
        /// A process is in the cgroup itself ("No Internal Process Constraint" in cgroup-v2.rst),
        /// or a cgroup beneath it enables the controller for its children.
        case occupied(Controller)
        /// lxc-usercgroup was changed in the meantime.
        case outdated
        case refused(Errno)
    }

    /// Finds the user's cgroup if it is complete. Must run as root.
    /// - Returns: `nil` if it does not exist, or is incomplete. The owner can be another user: root
    ///   of a user namespace can give it to a subordinate user ID.
    package static func find(
        of user: UserID, in top: borrowing Cgroup
    ) throws(Errno) -> Cgroup? {
        guard let cgroup = try findDelegated(of: user, in: top),
            try cgroup.directory.owner() != .root
        else { return nil }
        return cgroup
    }

    /// Finds the user's cgroup if its limits have been set, even if root owns it again. The owner
    /// does not prove this: an administrator may have given an incomplete cgroup to the user.
    static func findDelegated(
        of user: UserID, in top: borrowing Cgroup
    ) throws(Errno) -> Cgroup? {
        do throws(Errno) {
            let cgroup = try top.child(name(of: user))
            guard try cgroup.directory.extendedAttribute(delegatedAttribute) != nil else {
                return nil
            }
            return cgroup
        } catch  where error == .ENOENT {
            return nil
        }
    }

    /// Set after the limits. Other cgroup managers skip cgroups with this extended attribute
    /// (xattr(7)): see systemd's CGROUP_DELEGATION. Only root can read and write it.
    package static var delegatedAttribute: String { "trusted.delegate" }

    /// The limit that the kernel rejected when a line was last applied; empty if it rejected none.
    package static var rejectedLimitAttribute: String { "trusted.berth.rejected" }

    /// Creates the user's cgroup, or applies the entry to the one that exists. Must run as root.
    package static func prepare(
        for user: UserID, _ group: GroupID, by entry: UsercgroupEntry, in top: borrowing Cgroup
    ) throws(PreparationError) -> Cgroup {
        let existing = try refused { () throws(Errno) in try findDelegated(of: user, in: top) }
        guard let cgroup = existing else {
            var isNew = false
            let cgroup = try create(for: user, group, by: entry, in: top, isNew: &isNew) { true }
            // Another process created it: possibly one that was stopped, and has an older entry.
            if !isNew { try configure(cgroup, isNew: false, for: user, group, by: entry) }
            return cgroup
        }
        try configure(cgroup, isNew: false, for: user, group, by: entry)
        return cgroup
    }

    static func refused<Result: ~Copyable>(
        _ body: () throws(Errno) -> Result
    ) throws(PreparationError) -> Result {
        do { return try body() } catch { throw .refused(error) }
    }
}

extension UserCgroup.PreparationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notSetUp(let path):
            "\(path) does not exist: as root, run berth-cgroup setup, and enable its service at "
                + "boot"
        case .unreadable(let path, let errno):
            "cannot read the cgroup \(path): \(errno.description)"
        case .limit(let limit, let line, let errno) where errno == .ENOENT:
            "\(printable(limit.file)), which line \(line) of \(Paths.usercgroup) sets, does not "
                + "exist: as root, run berth-cgroup setup; if that does not help, correct its "
                + "name, or boot with its controller enabled"
        case .limit(let limit, let line, let errno):
            "the kernel rejects \(limit.description) in line \(line) of \(Paths.usercgroup) "
                + "(\(errno.description)): as root, correct the line"
        case .rejected(let limit, let line):
            "the kernel rejected \(limit) when \(Paths.usercgroup) was last applied: as root, "
                + "correct line \(line), and run berth-cgroup reload"
        case .controller(let controller, let errno):
            "cannot enable or disable the controller \(controller.description) in the user's "
                + "cgroup: "
                + errno.description
        case .occupied(let controller):
            "cannot enable or disable the controller \(controller.description) while processes "
                + "are in the user's cgroup itself, or a cgroup below enables it for its "
                + "children: stop the user's containers"
        case .outdated: "\(Paths.usercgroup) has just been changed: start the command again"
        case .refused(let errno): "cannot prepare the user's cgroup: \(errno.description)"
        }
    }
}
