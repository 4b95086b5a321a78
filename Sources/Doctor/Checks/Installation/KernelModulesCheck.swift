/// Whether the kernel has the modules for veth, bridges and nftables, or can load them.
enum KernelModulesCheck: Check {
    static let name = "kernel-modules"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let modules = facts.installation.modules
        if let directory = modules.missingDirectory {
            return [
                .problem(
                    directory,
                    "the modules of the running kernel are not installed, so it cannot load "
                        + "\(modules.missing.joined(separator: ", ")): an upgrade has replaced the "
                        + "kernel",
                    .command("reboot", by: .root))
            ]
        }
        return modules.missing.map { name in
            .warning(
                name, "the running kernel has no module of this name",
                .advice("install or start a kernel with \(option(name))"))
        }
    }

    private static func option(_ module: String) -> String {
        switch module {
        case "veth": "CONFIG_VETH"
        case "bridge": "CONFIG_BRIDGE"
        default: "CONFIG_NF_TABLES"
        }
    }
}
