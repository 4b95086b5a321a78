/// Whether lxc-start finds its NIC helper, and the helper is setuid root.
enum Helper: Check {
    static let name = "helper"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.config.needsNICHelper else {
            return [.ok(facts.config.path.quoted, "no NIC of type veth, so no helper is needed")]
        }
        guard !facts.helpers.isEmpty else {
            return [
                .problem(
                    "/usr/libexec/lxc/lxc-user-nic", "lxc-start finds no NIC helper",
                    facts.installation.hasApt
                        ? .command("apt-get install --reinstall lxc", by: .root)
                        : .advice(
                            "reinstall LXC, or link lxc-user-nic in its libexec directory to "
                                + "berth-nic"))
            ]
        }
        return facts.helpers.map { helper in
            let program = helper.isBerthNIC ? "berth-nic" : "LXC's own helper, not berth-nic"
            return helper.setuidFinding ?? .ok(helper.path ?? "", "\(program), setuid root")
        }
    }
}
