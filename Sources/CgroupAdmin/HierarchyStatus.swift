internal import Cgroups
internal import Delegation
internal import FoundationEssentials
internal import Linux

/// Berth's part of the tree as it is now: by user, leaf, and container.
package struct HierarchyStatus: Encodable, Sendable {
    /// A cgroup in a user's node, or one of lxc's in such a leaf, with all that is beneath it.
    package struct Group: Encodable, Sendable {
        package enum Kind: String, Encodable, Sendable {
            /// What berth-run or a login made, and lxc takes as its base.
            case leaf
            /// A container's processes.
            case payload
            /// lxc-start, which waits for the container.
            case monitor
            case other
        }

        package let name: String
        package let kind: Kind
        package let container: String?
        /// What it may divide among its own.
        package let controllers: [String]
        package let usage: Usage
        /// Whether anything runs in it or beneath it.
        package let populated: Bool
        /// In the leaf itself; of all others also those beneath. Where only threads are, none is listed: their
        /// processes are the user's.
        package let processes: [CgroupProcess]
        package let groups: [Group]
    }

    package struct User: Encodable, Sendable {
        package let user: String
        package let uid: UInt32
        package let path: String
        /// What its leaves may use.
        package let controllers: [String]
        /// By the files' names, as the kernel has them now.
        package let limits: [String: String]
        package let usage: Usage
        /// In the node itself, where no process should be, and those of which a leaf holds threads.
        package let processes: [CgroupProcess]
        package let leaves: [Group]
    }

    package let path: String
    package let isSetUp: Bool
    package let nsdelegate: Bool
    package let favordynmods: Bool
    /// What users' nodes may use.
    package let controllers: [String]
    package let users: [User]
    /// Users whose nodes are not the caller's to see.
    package let hidden: [UInt32]
    package let warnings: [String]

    package static func read() throws(Failure) -> HierarchyStatus {
        if Systemd.isRunning { return try ofManagers() }
        let hierarchy = try DelegatedHierarchy.look()
        let mount = hierarchy.tree.mount
        var users: [User] = []
        var hidden: [UInt32] = []
        var controllers: [String] = []
        let top = try hierarchy.top()
        let isSetUp = top != nil
        if let top {
            controllers = names((try? top.enabledControllers()) ?? [])
            for name in try hierarchy.contents(of: top).nodes {
                guard let node = try? top.child(name.bytes) else { continue }
                if let leaves = User.leaves(of: node) {
                    let path = hierarchy.path(name.bytes)
                    users.append(User(name.user, node, path: path, leaves: leaves))
                } else {
                    hidden.append(name.user.number)
                }
            }
        }
        return HierarchyStatus(
            path: hierarchy.path(), isSetUp: isSetUp, nsdelegate: mount.delegatesNamespaces,
            favordynmods: mount.favorsMoves, controllers: controllers, users: users,
            hidden: hidden, warnings: hierarchy.warnings())
    }

    static func names(_ controllers: [Controller]) -> [String] {
        controllers.map(\.description)
    }

    package var found: Bool { isSetUp }

    /// Of users and of leaves.
    package var names: [String] {
        users.flatMap { user in
            [user.user] + user.leaves.filter { $0.kind == .leaf }.map(\.name)
        }
    }

    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        // Strings, numbers and truths always have a form in JSON.
        return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self) + "\n"
    }
}

extension HierarchyStatus.User {
    init(
        _ user: UserID, _ node: borrowing Cgroup, path: String, leaves: [HierarchyStatus.Group]
    ) {
        let known = (try? Accounts.name(of: user)) ?? nil
        self.user = known.map { printable($0) } ?? "\(user.number)"
        uid = user.number
        self.path = path
        controllers = HierarchyStatus.names((try? node.enabledControllers()) ?? [])
        limits = Self.limits(of: node)
        usage = Usage(of: node)
        processes = CgroupProcesses.direct(of: node)
        self.leaves = leaves
    }

    /// - Returns: `nil` if the caller may not see them.
    fileprivate static func leaves(of node: borrowing Cgroup) -> [HierarchyStatus.Group]? {
        guard let children = try? node.children() else { return nil }
        return children.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { name in
            guard let child = try? node.child(name) else { return nil }
            return HierarchyStatus.Group(
                name, child, kind: name.starts(with: CommandCgroup.prefix) ? .leaf : .other)
        }
    }

    private static func limits(of node: borrowing Cgroup) -> [String: String] {
        var limits: [String: String] = [:]
        for file in (try? node.directory.names()) ?? [] {
            let isBound = Limit.usual.contains { $0.file == file }
            let isUnlimited = LimitFiles.rule(for: file)
            guard isBound || isUnlimited != nil,
                let text = try? node.directory.contents(of: file),
                !(isUnlimited?(text) ?? false)
            else { continue }
            let lines = Lines(bytes: text).map { printable(text[$0]) }
            limits[printable(file)] = lines.joined(separator: ", ")
        }
        return limits
    }
}

extension HierarchyStatus.Group {
    init(_ name: [UInt8], _ cgroup: borrowing Cgroup, kind: Kind) {
        self.name = printable(name)
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

    /// Of what is in a leaf nobody asks how it divides itself.
    private init(whole name: [UInt8], _ cgroup: borrowing Cgroup) {
        self.name = printable(name)
        let kinds: [(String, Kind)] = [("lxc.payload.", .payload), ("lxc.monitor.", .monitor)]
        let known = kinds.first { name.starts(with: $0.0.utf8) }
        kind = known?.1 ?? .other
        container = known.map { printable(name.dropFirst($0.0.utf8.count)) }
        controllers = HierarchyStatus.names((try? cgroup.enabledControllers()) ?? [])
        usage = Usage(of: cgroup)
        populated = (try? cgroup.isPopulated()) ?? false
        processes = CgroupProcesses.all(of: cgroup)
        groups = []
    }
}

extension HierarchyStatus.Group {
    private enum CodingKeys: CodingKey {
        case name, kind, container, controllers, usage, populated, processes, groups
    }

    package func encode(to encoder: any Encoder) throws {
        var keyed = encoder.container(keyedBy: CodingKeys.self)
        try keyed.encode(name, forKey: .name)
        try keyed.encode(kind, forKey: .kind)
        try keyed.encode(container, forKey: .container)
        try keyed.encode(controllers, forKey: .controllers)
        try keyed.encode(usage, forKey: .usage)
        try keyed.encode(populated, forKey: .populated)
        try keyed.encode(processes, forKey: .processes)
        try keyed.encode(groups, forKey: .groups)
    }
}
