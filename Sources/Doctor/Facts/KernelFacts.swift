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

    static func observe() -> KernelFacts {
        func number(_ path: String) -> Int? { kernelSetting(path).flatMap { Int($0) } }
        return KernelFacts(
            hasUserNamespaces: SmallFile.exists("/proc/self/ns/user"),
            unprivilegedClone: number("/proc/sys/kernel/unprivileged_userns_clone"),
            maxUserNamespaces: number("/proc/sys/user/max_user_namespaces"),
            appArmorRestricts: number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"))
    }
}
