internal import CLinux

/// The namespaces that a process sees the host through.
package enum Namespaces {
    /// Whether this process is in the user namespace and in the cgroup namespace that the kernel
    /// began with: only there is root the host's root, and only there does `/` in
    /// `/proc/self/cgroup` mean the root of the tree.
    package static func areTheHosts() throws(Errno) -> Bool {
        let user = try FileStatus(of: "/proc/self/ns/user", followingLinks: true)
        let cgroup = try FileStatus(of: "/proc/self/ns/cgroup", followingLinks: true)
        return user.inode == UInt64(linux_INITIAL_USER_NAMESPACE)
            && cgroup.inode == UInt64(linux_INITIAL_CGROUP_NAMESPACE)
    }
}
