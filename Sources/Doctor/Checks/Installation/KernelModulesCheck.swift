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
        let forbidden = modules.forbidden.map { entry in
            Finding.problem(
                "\(entry.file):\(entry.line)",
                "the line keeps the kernel from loading the module \(entry.module), without which "
                    + effect(entry.module),
                .command("sed -i '\(entry.line)s/^/#/' \(quoted(entry.file))", by: .root),
                .command("modprobe \(entry.module)", by: .root))
        }
        return forbidden
            + modules.missing.map { name in
                .warning(
                    name, "the running kernel has no module of this name",
                    .advice("install or start a kernel with \(option(name))"))
            }
    }

    private static func option(_ module: String) -> String {
        switch module {
        case "veth": "CONFIG_VETH"
        case "bridge": "CONFIG_BRIDGE"
        case "sch_tbf": "CONFIG_NET_SCH_TBF"
        case "sch_ingress": "CONFIG_NET_SCH_INGRESS"
        case "cls_matchall": "CONFIG_NET_CLS_MATCHALL"
        case "act_police": "CONFIG_NET_ACT_POLICE"
        default: "CONFIG_NF_TABLES"
        }
    }

    private static func effect(_ module: String) -> String {
        switch module {
        case "veth": "containers get no NIC"
        case "bridge": "berth-net cannot create a bridge"
        case "nf_tables": "berth-net cannot set firewall rules with nft"
        default: "berth-nic refuses NICs whose line in lxc-usernet has the option rate"
        }
    }
}
