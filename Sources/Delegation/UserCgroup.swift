package import Cgroups
internal import HostPaths
package import Linux

/// The cgroup of one user, `berth/u1000`: its directory and the delegated files are his, its limits
/// stay root's, and it holds cgroups but no process.
package enum UserCgroup {
    /// Under it are all of them. It is root's, and holds no process either.
    package static var top: [UInt8] { Array("berth".utf8) }

    package static func name(of user: UserID) -> [UInt8] { Array("u\(user.number)".utf8) }

    /// What runs there nobody else may list. But the way through is free: a container's root, who is
    /// nobody's on the host, goes it when he mounts the cgroups that he sees, and Linux before 6.16 has
    /// him need the permission.
    static var permissions: UInt32 { 0o711 }

    /// Which limits were set, for the day when the policy no longer has them.
    private static var limitsMark: String { "trusted.berth.limits" }

    package enum PreparationError: Error {
        case limit(Limit, line: Int, Errno)
        case controller(Controller, Errno)
        /// Processes are in it, or in a cgroup beneath it that uses a controller it is to lose.
        case occupied(Controller)
        /// The policy was changed meanwhile.
        case outdated
        case refused(Errno)
    }

    /// The node, if it is there and was made to the end: until then it is root's. Whose it is now says
    /// nothing: root of a user namespace with subordinate numbers can give it to one of them.
    package static func find(
        of user: UserID, in top: borrowing Cgroup
    ) throws(Errno) -> Cgroup? {
        do throws(Errno) {
            let node = try top.child(name(of: user))
            guard try node.directory.owner() != .root else { return nil }
            return node
        } catch  where error == .notFound {
            return nil
        }
    }

    /// Makes the node what the grant says, as root, whether it is there or not.
    package static func prepare(
        for user: UserID, _ group: GroupID, by grant: UsercgroupEntry, in top: borrowing Cgroup
    ) throws(PreparationError) -> Cgroup {
        let former = try refused { () throws(Errno) in try find(of: user, in: top) }
        guard let node = former else {
            var isOwn = false
            let node = try make(for: user, group, by: grant, in: top, isOwn: &isOwn) { true }
            // Whoever was stopped yesterday while he made it may have finished it just now.
            if !isOwn { try complete(node, isHis: true, for: user, group, by: grant) }
            return node
        }
        try complete(node, isHis: true, for: user, group, by: grant)
        return node
    }

    /// Makes the node of a user who comes for the first time, as root.
    ///
    /// He can stop the process that does so, at any moment and for days. What it then writes must not be
    /// a limit of yesterday's: so each process gives away only a node of its own making, and one that is
    /// there half-made is taken away first. Who made that holds a dead cgroup, and changes nothing by
    /// going on. Nobody changes a node that is there already.
    /// - Parameter isCurrent: whether the policy still says so. It is asked when the node is there, where
    ///   who changes nodes after the policy finds it.
    package static func make(
        for user: UserID, _ group: GroupID, by grant: UsercgroupEntry, in top: borrowing Cgroup,
        while isCurrent: () -> Bool
    ) throws(PreparationError) -> Cgroup {
        var isOwn = false
        return try make(for: user, group, by: grant, in: top, isOwn: &isOwn, while: isCurrent)
    }

    /// - Parameter isOwn: whether the node is of this process's making; or somebody else was faster.
    private static func make(
        for user: UserID, _ group: GroupID, by grant: UsercgroupEntry, in top: borrowing Cgroup,
        isOwn: inout Bool, while isCurrent: () -> Bool
    ) throws(PreparationError) -> Cgroup {
        let name = name(of: user)
        for attempt in 1...attempts {
            do throws(Errno) {
                do throws(Errno) { try top.makeChild(name) } catch  where error == .exists {
                    if let node = try find(of: user, in: top) {
                        isOwn = false
                        return node
                    }
                    if attempt % patience == 0 {
                        // Busy is one that was finished at this moment.
                        do throws(Errno) { try top.removeChild(name) } catch  where error == .busy {
                        }
                    } else {
                        pause(milliseconds: 5)
                    }
                    continue
                }
            } catch  where error == .notFound {
                continue
            } catch { throw .refused(error) }
            guard let node = try? top.child(name) else { continue }
            guard isCurrent() else {
                try? top.removeChild(name)
                throw .outdated
            }
            var trouble: PreparationError?
            do { try complete(node, isHis: false, for: user, group, by: grant) } catch {
                trouble = error
            }
            let isThere = try refused { () throws(Errno) in
                try node.directory.contains("cgroup.procs")
            }
            guard isThere else { continue }
            if let trouble { throw trouble }
            isOwn = true
            return node
        }
        throw .refused(.busy)
    }

    /// So many times it is looked for, and after so many the one that is half-made is given up: after
    /// half a second, of which making one takes a hundredth.
    private static var attempts: Int { 1000 }
    private static var patience: Int { 100 }

    /// Done twice, it is the same. A node that is not his yet is given to the user last.
    private static func complete(
        _ node: borrowing Cgroup, isHis: Bool, for user: UserID, _ group: GroupID,
        by grant: UsercgroupEntry
    ) throws(PreparationError) {
        try apply(grant, to: node)
        try disableUnwanted(grant, in: node)
        // Nobody has a cgroup beneath it yet.
        if !isHis { try enable(grant, in: node) }
        try refused { () throws(Errno) in
            for file in DelegatedFiles.ofThisKernel() {
                // memory.reclaim is there only with the controller.
                do throws(Errno) { try node.directory.give(file, to: user, group) } catch
                    where error == .notFound
                {}
            }
            // Where others stop who manage cgroups: see "Delegation" in systemd's CGROUP_DELEGATION.
            try node.directory.mark("trusted.delegate", [0x31])
            do throws(Errno) { try node.directory.mark("user.delegate", [0x31]) } catch {
                // He may have taken all the room for such marks.
                if !isHis { throw error }
            }
            try node.directory.permit(permissions)
            try node.directory.give(to: user, group)
        }
        guard isHis else { return }
        // The files that a controller brings to his cgroups belong to whoever switches it on: root's, they
        // would keep lxc-start from setting a limit, which it does not tell.
        try FilesystemIdentity.acting(as: user, group, refused: { .refused($0) }) {
            () throws(PreparationError) in
            try enable(grant, in: node)
        }
    }

    private static func apply(_ grant: UsercgroupEntry, to node: borrowing Cgroup)
        throws(PreparationError)
    {
        let limits =
            grant.limits
            + Limit.usual.filter { usual in !grant.limits.contains { $0.file == usual.file } }
        let names = limits.map { $0.file }
        let former = try refused { () throws(Errno) in
            (try node.directory.mark(limitsMark) ?? []).split(separator: 0x20).map { Array($0) }
        }
        let gone = former.filter { !names.contains($0) }
        // First that it may be there, then that it is: a crash between the two forgets none.
        try note(names + gone, on: node)
        // One that is refused, for he has more of it at the moment, keeps no other from being set.
        var trouble: PreparationError?
        for limit in limits {
            do throws(Errno) { try node.directory.write(limit.value, to: limit.file) } catch {
                trouble = trouble ?? .limit(limit, line: grant.line, error)
            }
        }
        for file in gone {
            do throws(Errno) { try LimitFiles.restore(file, in: node) } catch {
                trouble =
                    trouble ?? .limit(Limit(file: file, value: []), line: grant.line, error)
            }
        }
        if let trouble { throw trouble }
        try note(names, on: node)
    }

    private static func note(_ files: [[UInt8]], on node: borrowing Cgroup) throws(PreparationError)
    {
        let bytes = Array(files.joined(separator: [0x20]))
        try refused { () throws(Errno) in try node.directory.mark(limitsMark, bytes) }
    }

    private static func disableUnwanted(
        _ grant: UsercgroupEntry, in node: borrowing Cgroup
    ) throws(PreparationError) {
        let (wanted, enabled) = try controllers(grant, in: node)
        for controller in enabled where !wanted.contains(controller) {
            try change(controller) { () throws(Errno) in try node.disable(controller) }
        }
    }

    private static func enable(_ grant: UsercgroupEntry, in node: borrowing Cgroup)
        throws(PreparationError)
    {
        let (wanted, enabled) = try controllers(grant, in: node)
        for controller in wanted where !enabled.contains(controller) {
            try change(controller) { () throws(Errno) in try node.enable(controller) }
        }
    }

    private static func controllers(
        _ grant: UsercgroupEntry, in node: borrowing Cgroup
    ) throws(PreparationError) -> (wanted: [Controller], enabled: [Controller]) {
        try refused { () throws(Errno) in
            (grant.controllers(of: try node.controllers()), try node.enabledControllers())
        }
    }

    private static func change(
        _ controller: Controller, _ body: () throws(Errno) -> Void
    ) throws(PreparationError) {
        do throws(Errno) { try body() } catch {
            throw error == .busy ? .occupied(controller) : .controller(controller, error)
        }
    }

    private static func refused<Answer: ~Copyable>(
        _ body: () throws(Errno) -> Answer
    ) throws(PreparationError) -> Answer {
        do { return try body() } catch { throw .refused(error) }
    }
}

extension UserCgroup.PreparationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .limit(let limit, let line, let errno) where errno == .notFound:
            "there is no \(printable(limit.file)), which line \(line) of \(Paths.usercgroup) sets: as root, run "
                + "berth-cgroup setup, and if that does not help, take it out, or boot with that "
                + "controller on"
        case .limit(let limit, let line, let errno):
            "the kernel does not take \(limit.description) of line \(line) of \(Paths.usercgroup): "
                + "\(errno.description): as root, correct the line"
        case .controller(let controller, let errno):
            "cannot switch the controller \(controller.description) on or off in the user's cgroup: "
                + errno.description
        case .occupied(let controller):
            "cannot switch the controller \(controller.description) on or off while a process is in the user's own "
                + "cgroup, or uses it beneath: end the user's containers"
        case .outdated: "\(Paths.usercgroup) was changed at this moment: start the command again"
        case .refused(let errno): "cannot prepare the user's cgroup: \(errno.description)"
        }
    }
}
