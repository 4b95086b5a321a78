internal import Linux

// Whether a container of a user can mount proc and sysfs. The kernel permits that in a user
// namespace only if such a file system is already fully visible: nothing but empty directories may
// be covered by other mounts, and it must not become writable (mnt_already_visible in
// fs/namespace.c of the kernel).
extension HostMounts {
    enum VisibilityObstacle: Equatable, Sendable {
        /// Another mount hides a part of it.
        case covered(by: Mount)
        case readOnly(Mount)
        /// It is not mounted at all.
        case absent
    }

    /// - Parameter type: `proc` or `sysfs`.
    /// - Parameter readOnly: whether the container mounts it read-only.
    /// - Returns: `nil` if it can be mounted, or if the mounts are not known.
    func obstacle(toMounting type: String, readOnly: Bool) -> VisibilityObstacle? {
        guard !all.isEmpty else { return nil }
        // The last one counts, if several are mounted over each other.
        var obstacle: VisibilityObstacle?
        for mount in all where mount.type == type && mount.root == "/" {
            if mount.isReadOnly, !readOnly {
                obstacle = .readOnly(mount)
            } else if let other = all.first(where: { $0.covers(mount) }) {
                obstacle = .covered(by: other)
            } else {
                return nil
            }
        }
        return obstacle ?? .absent
    }
}

extension HostMounts.Mount {
    /// Whether it hides a part of the other mount, other than a directory that the kernel keeps
    /// empty as a mount point.
    fileprivate func covers(_ other: Self) -> Bool {
        guard parent == other.id, id != other.id, point.bytes.starts(with: other.point.bytes) else {
            return false
        }
        let place = UntrustedText(point.bytes.dropFirst(other.point.bytes.count))
        let empty = other.type == "proc" ? Self.emptyInProc : Self.emptyInSysfs
        return !empty.contains { place == $0 }
    }

    /// Created with proc_create_mount_point and register_sysctl_mount_point.
    private static let emptyInProc = ["/fs/nfsd", "/openprom", "/sys/fs/binfmt_misc"]

    /// Created with sysfs_create_mount_point.
    private static let emptyInSysfs = [
        "/firmware/efi/efivars", "/fs/bpf", "/fs/cgroup", "/fs/fuse/connections", "/fs/pstore",
        "/fs/resctrl", "/fs/selinux", "/fs/smackfs", "/hypervisor/s390", "/kernel/config",
        "/kernel/debug", "/kernel/security", "/kernel/tracing",
    ]
}
