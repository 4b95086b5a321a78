/// The program by which lxc-start gets a NIC for a user's container.
enum Helper: Check {
    static let name = "helper"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.config.wantsHelper else {
            return [.ok(facts.config.place, "no NIC of type veth, so no helper is needed")]
        }
        guard !facts.helpers.isEmpty else {
            return [
                .problem(
                    "/usr/libexec/lxc/lxc-user-nic", "lxc-start finds no helper for NICs",
                    facts.installation.hasApt
                        ? .command("apt-get install --reinstall lxc", by: .root)
                        : .advice(
                            "install LXC anew, or link lxc-user-nic in LXC's libexec directory to "
                                + "berth-nic"))
            ]
        }
        return facts.helpers.flatMap { helper -> [Finding] in
            let faults = helper.faults()
            guard faults.isEmpty else { return faults }
            let whose = helper.isBerths ? "berth-nic" : "LXC's own helper, not berth-nic"
            return [.ok(helper.path ?? "", "\(whose), setuid root")]
        }
    }
}
