internal import Linux

/// What the kernel says about user namespaces; no value where it has no such switch.
struct KernelFacts: Equatable, Sendable {
    var hasUserNamespaces = true
    /// kernel.unprivileged_userns_clone of Debian's kernels.
    var unprivilegedClone: Int?
    var mostNamespaces: Int?
    /// kernel.apparmor_restrict_unprivileged_userns of Ubuntu's.
    var appArmorRestricts: Int?

    static func observe() -> KernelFacts {
        func number(_ path: String) -> Int? { kernelSetting(path).flatMap { Int($0) } }
        return KernelFacts(
            hasUserNamespaces: SmallFile.exists("/proc/self/ns/user"),
            unprivilegedClone: number("/proc/sys/kernel/unprivileged_userns_clone"),
            mostNamespaces: number("/proc/sys/user/max_user_namespaces"),
            appArmorRestricts: number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"))
    }
}

/// A file of the kernel's, without its newline; `nil` if it is not there or not to be read.
func kernelSetting(_ path: String) -> String? {
    guard let bytes = (try? SmallFile.contents(of: path)) ?? nil else { return nil }
    return String(decoding: bytes.filter { $0 != 0x0a }, as: UTF8.self)
}
