internal import CgroupStatus
internal import Cgroups
internal import Delegation
internal import HostPaths
internal import Linux

extension DelegatedHierarchy {
    /// Opens it for changes: as root, and only where systemd does not manage cgroups.
    static func openForChanges() throws(Failure) -> DelegatedHierarchy {
        guard isRoot else { throw Failure("only root can do this: run it as root") }
        return try open()
    }

    /// Takes the lock (flock(2)) that setup, reload and teardown hold.
    borrowing func lock() throws(Failure) -> FileLock {
        do {
            try SmallFile.makeDirectory(Paths.lxcRuntime)
            let lock = try FileLock.acquire(Paths.cgroupLock, atMost: 10_000)
            if let lock { return lock }
        } catch { throw Failure("cannot lock \(Paths.cgroupLock): \(error)") }
        throw Failure(
            "another berth-cgroup has held \(Paths.cgroupLock) for 10 seconds: wait for it, or "
                + "find out what delays it"
        )
    }

    /// Removes a user's cgroups that have no processes in them or beneath them.
    /// - Returns: a message for each.
    borrowing func removeEmpty(
        of user: UserCgroupName, in top: borrowing Cgroup,
        where isIncluded: ([UInt8]) -> Bool = { _ in true }
    ) -> [String] {
        guard let cgroup = try? top.child(user.bytes) else { return [] }
        var messages: [String] = []
        for name in (try? cgroup.children()) ?? []
        where isIncluded(name) && CommandCgroupCleanup.removeIfEmpty(name, from: cgroup) {
            messages.append("removed \(path(user.bytes, name))")
        }
        return messages
    }
}
