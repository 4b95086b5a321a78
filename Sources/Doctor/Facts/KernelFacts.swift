internal import Linux

/// The kernel's settings for user namespaces; `nil` where the kernel has no such setting.
struct KernelFacts: Equatable, Sendable {
    var hasUserNamespaces = true
    /// kernel.unprivileged_userns_clone, of Debian's kernels.
    var unprivilegedClone: Int?
    /// user.max_user_namespaces
    var maxUserNamespaces: Int?
    /// kernel.apparmor_restrict_unprivileged_userns, of Ubuntu's kernels.
    var appArmorRestricts: Int?
    /// user.max_net_namespaces and the others, by their names in /proc/sys/user.
    var maxNamespaces: [String: Int] = [:]
    /// What the whole host shares, and how much of it is used.
    var resources: [SharedResource] = []
    /// fs.inotify.max_user_instances
    var maxInotifyInstances: Int?
    /// The maximum number of open files that a process can be allowed: fs.nr_open.
    var maxOpenFiles: Int?
    /// Whether the requester may not see other users' processes: the mount option hidepid of proc.
    var hidesProcesses = false

    static func observe() -> KernelFacts {
        func number(_ path: String) -> Int? { kernelSetting(path).flatMap { Int($0) } }
        return KernelFacts(
            hasUserNamespaces: SmallFile.exists("/proc/self/ns/user"),
            unprivilegedClone: number("/proc/sys/kernel/unprivileged_userns_clone"),
            maxUserNamespaces: number("/proc/sys/user/max_user_namespaces"),
            appArmorRestricts: number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
            maxNamespaces: Dictionary(
                uniqueKeysWithValues: ["mnt", "pid", "net", "uts", "ipc", "cgroup"].compactMap {
                    kind in
                    let name = "max_\(kind)_namespaces"
                    return number("/proc/sys/user/\(name)").map { (name, $0) }
                }),
            resources: SharedResource.all(),
            maxInotifyInstances: number("/proc/sys/fs/inotify/max_user_instances"),
            maxOpenFiles: number("/proc/sys/fs/nr_open"),
            hidesProcesses: !isRoot && ProcessID(1).commandLine == nil)
    }

    /// Those settings of `lxc.sysctl` that are not in /proc/sys. Names with unusual characters are
    /// not looked up, nor are settings of an interface, which only the container may have.
    static func missing(_ settings: [ConfigSetting]) -> [ConfigSetting] {
        settings.filter { setting in
            let name = setting.key.bytes.dropFirst("lxc.sysctl.".utf8.count)
            let parts = name.split(separator: 0x2e, omittingEmptySubsequences: false)
            let isPlain = name.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
                    || [0x2d, 0x2e, 0x5f].contains(byte)
            }
            let ofInterface = ["conf", "neigh"].contains { word in
                parts.dropFirst(2).first?.elementsEqual(word.utf8) ?? false
            }
            guard isPlain, !parts.contains(where: \.isEmpty), !ofInterface else { return false }
            let path = parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
            return !SmallFile.exists("/proc/sys/\(path)")
        }
    }
}
