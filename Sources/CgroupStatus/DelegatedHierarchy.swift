package import Cgroups
internal import Delegation
package import Linux

/// Berth's part of the host's cgroup hierarchy, `berth`, with the users' cgroups in it.
package struct DelegatedHierarchy: ~Copyable {
    package let tree: UnifiedHierarchy

    /// The name of a user's cgroup, `u1000`.
    package struct UserCgroupName: Equatable {
        package let user: UserID
        package var bytes: [UInt8] { UserCgroup.name(of: user) }
    }

    package static func open() throws(Failure) -> DelegatedHierarchy {
        guard !Systemd.isRunning else {
            throw Failure(
                "systemd manages the cgroups of this host, so there is nothing to set up: "
                    + "berth-run asks the user's systemd manager for a cgroup")
        }
        do { return DelegatedHierarchy(tree: try UnifiedHierarchy.find()) } catch {
            throw Failure("\(error)")
        }
    }

    /// The cgroup `berth`; `nil` before setup.
    package borrowing func top() throws(Failure) -> Cgroup? {
        do {
            return try tree.root.child(UserCgroup.top)
        } catch .ENOENT {
            return nil
        } catch {
            throw Failure("cannot open \(path()): \(error)")
        }
    }

    /// The users' cgroups, and the names of any others.
    package borrowing func contents(
        of top: borrowing Cgroup
    ) throws(Failure) -> (users: [UserCgroupName], others: [[UInt8]]) {
        let names: [[UInt8]]
        do { names = try top.children() } catch { throw Failure("cannot read \(path()): \(error)") }
        var users: [UserCgroupName] = []
        var others: [[UInt8]] = []
        for name in names {
            if let user = UserCgroupName(name) { users.append(user) } else { others.append(name) }
        }
        users.sort { $0.user.number < $1.user.number }
        others.sort { $0.lexicographicallyPrecedes($1) }
        return (users, others)
    }

    package borrowing func path(_ names: [UInt8]...) -> String {
        tree.name(of: CgroupPath(names: [UserCgroup.top] + names))
    }

    /// Insecure settings of the hierarchy, and how to fix them.
    package borrowing func warnings() -> [String] {
        var warnings: [String] = []
        if !tree.mount.nsdelegate {
            warnings.append(
                "cgroups are mounted without nsdelegate, so the root user of a container can "
                    + "change the container's limits: run \(tree.mount.remount), and set the "
                    + "option at boot, too")
        }
        if let access = try? tree.root.directory.access(to: Array("cgroup.procs".utf8)),
            access.owner != .root || access.permissions & 0o022 != 0
                || access.group != .root && access.permissions & 0o020 != 0
        {
            let point = printable(tree.mount.point, limit: 4096)
            warnings.append(
                "\(point)/cgroup.procs can be written by users other than root, who can move "
                    + "processes to the root cgroup, which has no limits: run chown root:root and "
                    + "chmod 644 on it, and find out what changed it")
        }
        return warnings
    }
}

extension DelegatedHierarchy.UserCgroupName {
    package init?(_ name: [UInt8]) {
        guard name.first == 0x75,
            let number = decimal(name.dropFirst(), upTo: UInt64(UInt32.max) - 1)
        else { return nil }
        user = UserID(UInt32(number))
        // `u007` is not the name of a user's cgroup.
        guard bytes == name else { return nil }
    }
}
