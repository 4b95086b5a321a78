/// Whether a user may make a user namespace, without which there is no unprivileged container.
enum UserNamespaces: Check {
    static let name = "user-namespaces"
    /// Where settings of the kernel outlive a boot.
    static let file = "/etc/sysctl.d/60-berth.conf"

    static func findings(_ facts: Facts) -> [Finding] {
        let kernel = facts.kernel
        guard kernel.hasUserNamespaces else {
            return [
                .problem(
                    "/proc/self/ns/user", "this kernel has no user namespaces",
                    .advice("boot a kernel that was built with CONFIG_USER_NS=y"))
            ]
        }
        var findings: [Finding] = []
        if kernel.unprivilegedClone == 0 {
            findings.append(
                switched(
                    "kernel.unprivileged_userns_clone", to: 1,
                    "only root may make user namespaces"))
        }
        if kernel.mostNamespaces == 0 {
            findings.append(
                switched(
                    "user.max_user_namespaces", to: 28633, "nobody may make a user namespace"))
        }
        if let restricts = kernel.appArmorRestricts, restricts > 0 {
            findings.append(
                .warning(
                    "kernel.apparmor_restrict_unprivileged_userns = \(restricts)",
                    "AppArmor takes the capabilities away in user namespaces of programs without a "
                        + "profile that allows them",
                    .advice(
                        "have a profile with \"userns,\" for lxc-start, as Ubuntu's package ships it; "
                            + "or set kernel.apparmor_restrict_unprivileged_userns to 0, which gives "
                            + "every program user namespaces")))
        }
        return findings.isEmpty ? [.ok("user.max_user_namespaces", most(kernel))] : findings
    }

    private static func switched(_ key: String, to value: Int, _ sentence: String) -> Finding {
        .problem(
            "\(key) = 0", sentence, .command("sysctl -w \(key)=\(value)", by: .root),
            .line("\(key) = \(value)", to: file, by: .root))
    }

    private static func most(_ kernel: KernelFacts) -> String {
        kernel.mostNamespaces.map { "users may make user namespaces, \($0) at most" }
            ?? "users may make user namespaces"
    }
}
