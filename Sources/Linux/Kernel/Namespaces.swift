internal import CLinux

/// The namespaces of this process.
package enum Namespaces {
    /// Whether this process is in the initial user and cgroup namespaces, by the inode numbers in
    /// `/proc/self/ns` (namespaces(7)). Elsewhere root is not the host's root, and `/` in
    /// `/proc/self/cgroup` is not the root of the hierarchy.
    package static func areTheHosts() throws(Errno) -> Bool {
        let user = try FileStatus(of: "/proc/self/ns/user")
        let cgroup = try FileStatus(of: "/proc/self/ns/cgroup")
        return user.inode == UInt64(linux_INITIAL_USER_NAMESPACE)
            && cgroup.inode == UInt64(linux_INITIAL_CGROUP_NAMESPACE)
    }
}
