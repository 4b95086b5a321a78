internal import Linux

/// How fast counters grew between two statuses.
package struct StatusRates: Sendable {
    struct Traffic: Equatable, Sendable {
        /// Bytes in a second, from the container's side.
        let received: UInt64
        let sent: UInt64
    }

    private var traffic: [String: Traffic] = [:]
    private var processors: [CgroupKey: UInt64] = [:]

    /// - Parameter milliseconds: the time between the two.
    package init(from old: HostStatus, to new: HostStatus, after milliseconds: Int) {
        guard milliseconds > 0 else { return }
        func rate(_ old: UInt64?, _ new: UInt64?) -> UInt64? {
            // A counter that shrank belongs to a new object with the same name.
            guard let old, let new, new >= old else { return nil }
            let (product, isTooLarge) = (new - old).multipliedReportingOverflow(by: 1000)
            return isTooLarge ? nil : product / UInt64(milliseconds)
        }
        var former: [String: NICReport] = [:]
        for nic in old.nics ?? [] { former[nic.hostName] = nic }
        for nic in new.nics ?? [] {
            guard let before = former[nic.hostName],
                let received = rate(before.receivedBytes, nic.receivedBytes),
                let sent = rate(before.sentBytes, nic.sentBytes)
            else { continue }
            traffic[nic.hostName] = Traffic(received: received, sent: sent)
        }
        let times = old.cgroups?.processorTimes ?? [:]
        for (key, time) in new.cgroups?.processorTimes ?? [:] {
            processors[key] = rate(times[key], time)
        }
    }

    func traffic(of nic: NICReport) -> Traffic? { traffic[nic.hostName] }

    /// Microseconds in a second, on all processors together.
    func processor(of key: CgroupKey) -> UInt64? { processors[key] }
}

/// A cgroup of a status: of a user, a command or a container.
struct CgroupKey: Hashable, Sendable {
    let user: String
    var group: [UInt8]?
    var container: [UInt8]?

    init(user: String) { self.user = user }

    init(_ member: UserReport.Member, of user: String) {
        self.user = user
        group = member.cgroup?.bytes
        if case .container(let name) = member.kind { container = name.bytes }
    }
}

extension CgroupReport {
    fileprivate var processorTimes: [CgroupKey: UInt64] {
        var times: [CgroupKey: UInt64] = [:]
        for user in users {
            var key = CgroupKey(user: user.user)
            times[key] = user.use.cpuMicroseconds
            for group in user.leaves {
                key.group = group.name.bytes
                key.container = nil
                times[key] = group.use.cpuMicroseconds
                for container in group.containers {
                    key.container = container.name.bytes
                    times[key] = container.use.cpuMicroseconds
                }
            }
        }
        return times
    }
}
