internal import CgroupStatus
internal import JSONOutput
internal import Linux

/// The cgroups of users, and the containers and commands in them.
struct CgroupReport: Encodable, Equatable, Sendable {
    /// What a cgroup uses, and its own limits, without those of its ancestors. `nil` where the
    /// controller is not enabled, or where no limit is set.
    struct Use: Encodable, Equatable, Sendable {
        @OrNull var memoryBytes: UInt64?
        @OrNull var memoryMaxBytes: UInt64?
        @OrNull var cpuMicroseconds: UInt64?
        /// Summed over all processors.
        @OrNull var cpuMaxMicrosecondsPerSecond: UInt64?
        /// Processes and threads.
        @OrNull var tasks: UInt64?
        @OrNull var tasksMax: UInt64?
    }

    struct Container: Encodable, Equatable, Sendable {
        var name: UntrustedText
        var use: Use
    }

    struct CommandCgroup: Encodable, Equatable, Sendable {
        var name: UntrustedText
        var use: Use
        var containers: [Container]
        /// The commands in the cgroup itself, not in its containers.
        var commands: [UntrustedText]
    }

    struct User: Encodable, Equatable, Sendable {
        var user: String
        var uid: UInt32
        var use: Use
        /// By the names of the cgroup files.
        var limits: [String: String]
        var leaves: [CommandCgroup]
    }

    @OrNull var path: String?
    var isSetUp: Bool
    var users: [User]
}

extension HostStatus {
    mutating func observeCgroups() {
        do {
            let status = try HierarchyStatus.read()
            cgroups = CgroupReport(status)
            if !status.isSetUp {
                note(.cgroups, "\(status.path) does not exist: run berth-cgroup setup")
            }
            let hidden = status.hidden.count
            if hidden > 0 {
                note(.cgroups, "cgroups of \(counted(hidden, "other user")), not visible to you")
            }
        } catch {
            cgroups = CgroupReport(path: nil, isSetUp: false, users: [])
            note(.cgroups, "\(error)")
        }
    }
}

extension CgroupReport {
    init(_ status: HierarchyStatus) {
        self.init(
            path: status.path, isSetUp: status.isSetUp,
            users: status.users.map { user in
                User(
                    user: user.user, uid: user.uid, use: Use(user.usage), limits: user.limits,
                    leaves: user.leaves.map { CommandCgroup($0) }.sorted { $0.sortKey < $1.sortKey }
                )
            })
    }
}

extension CgroupReport.CommandCgroup {
    /// Sorts containers first, by name: the names of command cgroups are random.
    fileprivate var sortKey: (Int, UntrustedText, UntrustedText) {
        (containers.isEmpty ? 1 : 0, containers.first?.name ?? "", name)
    }

    fileprivate init(_ group: HierarchyStatus.Group) {
        self.init(
            name: group.name, use: CgroupReport.Use(group.usage),
            containers: group.groups.filter { $0.kind == .payload && !$0.processes.isEmpty }.map {
                CgroupReport.Container(
                    name: $0.container ?? $0.name, use: CgroupReport.Use($0.usage))
            },
            commands: group.processes.map(\.command))
    }
}

extension CgroupReport.Use {
    init(_ usage: Usage) {
        self.init(
            memoryBytes: usage.memory?.current, memoryMaxBytes: usage.memory?.max,
            cpuMicroseconds: usage.cpu?.microseconds,
            cpuMaxMicrosecondsPerSecond: usage.cpu?.maxPerSecond, tasks: usage.pids?.current,
            tasksMax: usage.pids?.max)
    }
}
