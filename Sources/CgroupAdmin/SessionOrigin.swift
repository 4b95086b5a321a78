package import Cgroups
package import Linux

/// The former cgroup of a login's process, `PID START /path`: an extended attribute (xattr(7)) of
/// the login's cgroup that only root can read and write.
package struct SessionOrigin: Equatable {
    package static let name = "trusted.berth.from"

    package let process: ProcessID
    /// In clock ticks since boot.
    package let startedAt: UInt64
    package let origin: CgroupPath

    package init(process: ProcessID, startedAt: UInt64, origin: CgroupPath) {
        self.process = process
        self.startedAt = startedAt
        self.origin = origin
    }

    package init?(_ bytes: [UInt8]) {
        let fields = bytes.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let process = ProcessID(digits: Array(fields[0])),
            let startedAt = decimal(fields[1], upTo: .max), let origin = CgroupPath(fields[2])
        else { return nil }
        self.init(process: process, startedAt: startedAt, origin: origin)
    }

    package var bytes: [UInt8] {
        Array("\(process.number) \(startedAt) /".utf8) + origin.relative
    }
}
