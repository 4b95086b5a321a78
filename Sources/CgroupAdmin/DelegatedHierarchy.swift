internal import Cgroups
internal import Delegation
internal import HostPaths
internal import Linux

/// The host's tree of cgroups as its administrator's program has it: Berth's part of it, and the nodes
/// of the users in there.
package struct DelegatedHierarchy: ~Copyable {
    let tree: UnifiedHierarchy

    /// A user's node by its name, `u1000`, whoever made it.
    struct NodeName: Equatable {
        let user: UserID
        var bytes: [UInt8] { UserCgroup.name(of: user) }
    }

    /// For what changes something: only root may, and only where nobody else manages cgroups.
    package static func open() throws(Failure) -> DelegatedHierarchy {
        guard isRoot else { throw Failure("only root can do that: become root") }
        return try look()
    }

    /// For what only looks.
    package static func look() throws(Failure) -> DelegatedHierarchy {
        guard !Systemd.isRunning else {
            throw Failure(
                "systemd manages the cgroups of this host, and nobody else may: there is nothing to set "
                    + "up, and berth-run asks each user's own systemd for a cgroup")
        }
        do { return DelegatedHierarchy(tree: try UnifiedHierarchy.find()) } catch {
            throw Failure("\(error)")
        }
    }

    /// Berth's part; `nil` before setup.
    borrowing func top() throws(Failure) -> Cgroup? {
        do {
            return try tree.root.child(UserCgroup.top)
        } catch .notFound {
            return nil
        } catch {
            throw Failure("cannot open \(path()): \(error)")
        }
    }

    /// Users' nodes, and what else is there.
    borrowing func contents(
        of top: borrowing Cgroup
    ) throws(Failure) -> (nodes: [NodeName], others: [[UInt8]]) {
        let names: [[UInt8]]
        do { names = try top.children() } catch { throw Failure("cannot read \(path()): \(error)") }
        var nodes: [NodeName] = []
        var others: [[UInt8]] = []
        for name in names {
            if let node = NodeName(name) { nodes.append(node) } else { others.append(name) }
        }
        nodes.sort { $0.user.number < $1.user.number }
        others.sort { $0.lexicographicallyPrecedes($1) }
        return (nodes, others)
    }

    /// Only one changes Berth's part at a time: setup, reload and teardown wait for one another.
    borrowing func exclusiveRun() throws(Failure) -> ExclusiveRun {
        do {
            try SmallFile.makeDirectory(Paths.lxcRuntime)
            let run = try ExclusiveRun.begin(Paths.cgroupLock, atMost: 10_000)
            if let run { return run }
        } catch { throw Failure("cannot lock /run/lxc/berth-cgroup.lock: \(error)") }
        throw Failure(
            "another berth-cgroup has been at work for 10 seconds: wait for it, or see what holds it up"
        )
    }

    /// The path of a cgroup in Berth's part, for people.
    borrowing func path(_ names: [UInt8]...) -> String {
        tree.name(of: CgroupPath(names: [UserCgroup.top] + names))
    }

    /// What is wrong with how the host has its cgroups, with what would mend it.
    borrowing func warnings() -> [String] {
        var warnings: [String] = []
        if !tree.mount.delegatesNamespaces {
            warnings.append(
                "cgroups are mounted without nsdelegate, so that a container's root could change the "
                    + "limits of its own cgroup: \(tree.mount.remount), and have it so at boot")
        }
        if let access = try? tree.root.directory.access(to: Array("cgroup.procs".utf8)),
            access.owner != .root || access.permissions & 0o022 != 0
                || access.group != .root && access.permissions & 0o020 != 0
        {
            let point = printable(tree.mount.point, limit: 4096)
            warnings.append(
                "\(point)/cgroup.procs can be written by others than root, who can move processes out of "
                    + "every limit: chown root:root and chmod 644 it, and see who changed it")
        }
        return warnings
    }
}

extension DelegatedHierarchy.NodeName {
    init?(_ name: [UInt8]) {
        guard name.first == 0x75,
            let number = decimal(name.dropFirst(), upTo: UInt64(UInt32.max) - 1)
        else { return nil }
        user = UserID(UInt32(number))
        // `u007` is nobody's.
        guard bytes == name else { return nil }
    }
}
