/// Whether a user may create user namespaces, which every unprivileged container needs.
enum UserNamespaces: Check {
    static let name = "user-namespaces"

    static func findings(_ facts: Facts) -> [Finding] {
        let kernel = facts.kernel
        guard kernel.hasUserNamespaces else {
            return [
                .problem(
                    "/proc/self/ns/user", "this kernel does not support user namespaces",
                    .advice("boot a kernel that was built with CONFIG_USER_NS=y"))
            ]
        }
        let file = facts.installation.sysctlFile
        var findings: [Finding] = []
        if kernel.unprivilegedClone == 0 {
            findings.append(
                disabled(
                    "kernel.unprivileged_userns_clone", enableWith: 1,
                    "only root may create user namespaces", file))
        }
        if kernel.maxUserNamespaces == 0 {
            findings.append(
                disabled(
                    "user.max_user_namespaces", enableWith: 28633,
                    "users cannot create user namespaces", file))
        }
        if let restricts = kernel.appArmorRestricts, restricts > 0 {
            findings.append(
                .warning(
                    "kernel.apparmor_restrict_unprivileged_userns = \(restricts)",
                    "in user namespaces, AppArmor denies all capabilities to programs without a "
                        + "profile that allows them",
                    .advice(
                        "load a profile with \"userns,\" for lxc-start, such as the one in "
                            + "Ubuntu's package; or set "
                            + "kernel.apparmor_restrict_unprivileged_userns to 0, which lifts the "
                            + "restriction for every program")))
        }
        return findings.isEmpty ? [.ok("user.max_user_namespaces", allowed(kernel))] : findings
    }

    private static func disabled(
        _ key: String, enableWith value: Int, _ message: String, _ file: String
    ) -> Finding {
        .problem(
            "\(key) = 0", message, .command("sysctl -w \(key)=\(value)", by: .root),
            .line("\(key) = \(value)", to: file, by: .root))
    }

    private static func allowed(_ kernel: KernelFacts) -> String {
        kernel.maxUserNamespaces.map { "users may create up to \($0) user namespaces" }
            ?? "users may create user namespaces"
    }
}
