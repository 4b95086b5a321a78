internal import Cgroups
internal import Delegation
package import JSONOutput
package import Linux

/// `berth-cgroup status`: the users' cgroups, with their command cgroups and containers. Running
/// containers are recognized by the names of their cgroups (`lxc.payload.NAME`), not by their
/// command sockets in `/proc/net/unix`.
package struct HierarchyStatus: Encodable, Sendable {
    /// A command cgroup, or a cgroup that LXC created in it.
    package struct Group: Encodable, Sendable {
        package enum Kind: String, Encodable, Sendable {
            /// A command cgroup, created by berth-run or at a login.
            case leaf
            /// The processes of a container: `lxc.payload.NAME`.
            case payload
            /// lxc-start, which monitors the container: `lxc.monitor.NAME`.
            case monitor
            case other
        }

        package let name: UntrustedText
        package let kind: Kind
        @OrNull package private(set) var container: UntrustedText?
        /// The controllers that are enabled for its children.
        package let controllers: [String]
        package let usage: Usage
        package let populated: Bool
        /// A command cgroup lists only its own processes; other cgroups also list those beneath
        /// them. A threaded cgroup lists none: the processes of its threads are in
        /// ``User/processes``.
        package let processes: [CgroupProcess]
        package let groups: [Group]
    }

    package struct User: Encodable, Sendable {
        package let user: String
        package let uid: UInt32
        package let path: String
        /// The controllers that are enabled for its command cgroups.
        package let controllers: [String]
        /// The current values of the files that set limits, by name.
        package let limits: [String: String]
        package let usage: Usage
        /// Processes in the user's cgroup itself (normally none), or with threads beneath it.
        package let processes: [CgroupProcess]
        package let leaves: [Group]
    }

    package let path: String
    package let isSetUp: Bool
    package let nsdelegate: Bool
    package let favordynmods: Bool
    /// The controllers that are enabled for users' cgroups.
    package let controllers: [String]
    package let users: [User]
    /// IDs of users whose cgroups the caller may not read.
    package let hidden: [UInt32]
    package let warnings: [String]

    package static func read() throws(Failure) -> HierarchyStatus {
        if Systemd.isRunning { return try ofUserManagers() }
        let hierarchy = try DelegatedHierarchy.open()
        let mount = hierarchy.tree.mount
        var users: [User] = []
        var hidden: [UInt32] = []
        var controllers: [String] = []
        let top = try hierarchy.top()
        let isSetUp = top != nil
        if let top {
            controllers = names((try? top.enabledControllers()) ?? [])
            for name in try hierarchy.contents(of: top).users {
                guard let cgroup = try? top.child(name.bytes) else { continue }
                if let leaves = User.leaves(of: cgroup) {
                    let path = hierarchy.path(name.bytes)
                    users.append(User(name.user, cgroup, path: path, leaves: leaves))
                } else {
                    hidden.append(name.user.number)
                }
            }
        }
        return HierarchyStatus(
            path: hierarchy.path(), isSetUp: isSetUp, nsdelegate: mount.nsdelegate,
            favordynmods: mount.favordynmods, controllers: controllers, users: users,
            hidden: hidden, warnings: hierarchy.warnings())
    }

    static func names(_ controllers: [Controller]) -> [String] {
        controllers.map(\.description)
    }

    /// The names of users and command cgroups.
    package var names: [String] {
        users.flatMap { user in
            [user.user] + user.leaves.filter { $0.kind == .leaf }.compactMap(\.name.shellWord)
        }
    }

    package var json: String { jsonText(self) }
}

extension HierarchyStatus.User {
    init(
        _ user: UserID, _ cgroup: borrowing Cgroup, path: String,
        leaves: [HierarchyStatus.Group]
    ) {
        let known = (try? Accounts.name(of: user)) ?? nil
        self.user = known.map { printable($0) } ?? "\(user.number)"
        uid = user.number
        self.path = path
        controllers = HierarchyStatus.names((try? cgroup.enabledControllers()) ?? [])
        limits = Self.limits(of: cgroup)
        usage = Usage(of: cgroup)
        processes = CgroupProcesses.direct(of: cgroup)
        self.leaves = leaves
    }

    /// - Returns: `nil` if the caller may not list them.
    fileprivate static func leaves(
        of userCgroup: borrowing Cgroup
    ) -> [HierarchyStatus.Group]? {
        guard let children = try? userCgroup.children() else { return nil }
        return children.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { name in
            guard let child = try? userCgroup.child(name) else { return nil }
            return HierarchyStatus.Group(
                name, child, kind: name.starts(with: CommandCgroup.prefix) ? .leaf : .other)
        }
    }

    private static func limits(of cgroup: borrowing Cgroup) -> [String: String] {
        var limits: [String: String] = [:]
        for file in (try? cgroup.directory.names()) ?? [] {
            let hasDefault = Limit.defaults.contains { $0.file == file }
            let rule = LimitFiles.rule(for: file)
            guard hasDefault || rule != nil,
                let text = try? cgroup.directory.contents(of: file),
                !(rule?.isInitial(text) ?? false)
            else { continue }
            let lines = Lines(bytes: text).map { printable(text[$0]) }
            limits[printable(file)] = lines.joined(separator: ", ")
        }
        return limits
    }
}

extension HierarchyStatus.Group {
    init(_ name: [UInt8], _ cgroup: borrowing Cgroup, kind: Kind) {
        self.name = UntrustedText(name)
        self.kind = kind
        controllers = HierarchyStatus.names((try? cgroup.enabledControllers()) ?? [])
        usage = Usage(of: cgroup)
        populated = (try? cgroup.isPopulated()) ?? false
        container = nil
        processes = CgroupProcesses.direct(of: cgroup)
        groups = ((try? cgroup.children()) ?? []).sorted { $0.lexicographicallyPrecedes($1) }
            .compactMap { name in
                guard let child = try? cgroup.child(name) else { return nil }
                return HierarchyStatus.Group(whole: name, child)
            }
    }

    /// A cgroup in a command cgroup: those beneath it are not listed one by one.
    private init(whole name: [UInt8], _ cgroup: borrowing Cgroup) {
        self.name = UntrustedText(name)
        let kinds: [(String, Kind)] = [("lxc.payload.", .payload), ("lxc.monitor.", .monitor)]
        let known = kinds.first { name.starts(with: $0.0.utf8) }
        kind = known?.1 ?? .other
        container = known.map { UntrustedText(name.dropFirst($0.0.utf8.count)) }
        controllers = HierarchyStatus.names((try? cgroup.enabledControllers()) ?? [])
        usage = Usage(of: cgroup)
        populated = (try? cgroup.isPopulated()) ?? false
        processes = CgroupProcesses.all(of: cgroup)
        groups = []
    }
}
