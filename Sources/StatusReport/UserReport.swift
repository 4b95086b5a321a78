internal import Linux

/// What one user has: quotas, containers with their NICs, and other commands with cgroups.
///
/// Also a group, or `*`, whose lines in `/etc/lxc/lxc-usernet` grant NICs: these have only quotas.
struct UserReport: Equatable, Sendable {
    /// A container, or a command cgroup without containers.
    struct Member: Equatable, Sendable {
        enum Kind: Equatable, Sendable {
            case container(UntrustedText)
            /// The first process, where no name is known.
            case process(Int32)
            case commands([UntrustedText])
            /// A NIC whose container is not known.
            case unknown
        }

        let kind: Kind
        var nics: [NICReport] = []
        /// `nil` if it has no cgroup of its own, or none that is visible.
        var use: CgroupReport.Use?
        /// The command cgroup.
        var cgroup: UntrustedText?

        var isContainer: Bool {
            switch kind {
            case .container, .process: true
            case .commands, .unknown: false
            }
        }

        /// The key by which members are sorted; commands come after containers.
        fileprivate var sortKey: (Int, [UInt8]) {
            switch kind {
            case .container(let name): (0, name.bytes)
            case .process(let number): (1, Array("\(number)".utf8))
            case .commands: (2, cgroup?.bytes ?? [])
            case .unknown: (3, Array((nics.first?.hostName ?? "").utf8))
            }
        }
    }

    let name: String
    var quotas: [QuotaReport] = []
    var members: [Member] = []
    /// The use of the user's cgroup, with all that is in it.
    var use: CgroupReport.Use?

    /// Whether it stands for a user: not for a group, for `*`, or for NICs of unknown users.
    var isUser: Bool { !name.hasPrefix("@") && name != "*" && name != "?" }
}

extension HostStatus {
    /// The users in natural order, each with their members in natural order; then the groups.
    func userReports() -> [UserReport] {
        var positions: [String: Int] = [:]
        var users: [UserReport] = []
        func position(of name: String) -> Int {
            if let known = positions[name] { return known }
            positions[name] = users.count
            users.append(UserReport(name: name))
            return users.count - 1
        }
        for quota in quotas ?? [] { users[position(of: quota.owner)].quotas.append(quota) }
        var members: [Int: [MemberKey: Int]] = [:]
        for nic in nics ?? [] {
            let user = position(
                of: nic.user ?? nic.owner.flatMap { $0.first == "@" ? nil : $0 }
                    ?? "?")
            let key = MemberKey(nic)
            if let known = members[user]?[key] {
                users[user].members[known].nics.append(nic)
            } else {
                members[user, default: [:]][key] = users[user].members.count
                users[user].members.append(.init(kind: key.kind, nics: [nic]))
            }
        }
        for user in cgroups?.users ?? [] {
            let place = position(of: user.user)
            users[place].use = user.use
            users[place].add(user.leaves, members[place] ?? [:])
        }
        for place in users.indices {
            users[place].members.sort {
                let (left, right) = ($0.sortKey, $1.sortKey)
                return left.0 == right.0
                    ? naturallyPrecedes(left.1, right.1) : left.0 < right.0
            }
            users[place].quotas.sort { naturallyPrecedes($0.bridge, $1.bridge) }
        }
        return users.sorted {
            $0.isUser == $1.isUser ? naturallyPrecedes($0.name, $1.name) : $0.isUser
        }
    }
}

/// What tells the members of one user apart.
private struct MemberKey: Hashable {
    let container: [UInt8]?
    let process: Int32?
    let nic: String?

    init(container: UntrustedText) {
        self.container = container.bytes
        process = nil
        nic = nil
    }

    init(_ nic: NICReport) {
        container = nic.container?.bytes
        process = nic.container == nil ? nic.processID : nil
        self.nic = nic.container == nil && nic.processID == nil ? nic.hostName : nil
    }

    var kind: UserReport.Member.Kind {
        if let container { return .container(UntrustedText(container)) }
        return process.map { .process($0) } ?? .unknown
    }
}

extension UserReport {
    /// Adds what is in command cgroups to the containers with NICs, or as further members.
    fileprivate mutating func add(
        _ groups: [CgroupReport.CommandCgroup], _ known: [MemberKey: Int]
    ) {
        for group in groups {
            for container in group.containers {
                let found = known[MemberKey(container: container.name)]
                if let found, members[found].use == nil {
                    members[found].use = container.use
                    members[found].cgroup = group.name
                } else {
                    members.append(
                        Member(
                            kind: .container(container.name), use: container.use,
                            cgroup: group.name))
                }
            }
            if group.containers.isEmpty {
                members.append(
                    Member(kind: .commands(group.commands), use: group.use, cgroup: group.name))
            }
        }
    }
}
