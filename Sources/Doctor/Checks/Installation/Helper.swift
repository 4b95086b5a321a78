internal import Linux
internal import Network

/// Whether lxc-start finds its NIC helper, and the helper is berth-nic and setuid root.
enum Helper: Check {
    static let name = "helper"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.config.needsNICHelper else {
            return [.ok(facts.config.path.quoted, "no NIC of type veth, so no helper is needed")]
        }
        guard !facts.helpers.isEmpty else {
            let path = facts.installation.lxcHelper ?? "/usr/libexec/lxc/lxc-user-nic"
            let link = facts.installation.danglingHelper
            return [
                Finding(
                    .problem, path,
                    link.map { "it is a link to \($0.quoted), which does not exist" }
                        ?? "lxc-start finds no NIC helper",
                    missingFixes(path, facts.installation, isLink: link != nil))
            ]
        }
        return facts.helpers.map {
            $0.executionFinding(by: facts.target) ?? finding($0, facts)
        }
    }

    private static func finding(_ helper: ProgramFacts, _ facts: Facts) -> Finding {
        let installation = facts.installation
        let path = helper.path ?? ""
        if helper.isBerthNIC { return helper.setuidFinding ?? .ok(path, "berth-nic, setuid root") }
        let effects = effects(of: helper, facts)
        guard installation.berthNIC != nil || !effects.isEmpty else {
            return helper.setuidFinding ?? .ok(path, "LXC's own helper, not berth-nic, setuid root")
        }
        let result =
            "it is LXC's own helper: lxc-start does not use berth-nic"
        return Finding(
            helper.setuidFinding == nil ? .warning : .problem, path,
            helper.setuidFinding == nil
                ? "\(result), so \(listed(effects.isEmpty ? [options] : effects)) have no effect"
                : "\(result), and the helper is not setuid root",
            installation.berthNIC.map { replacementFixes(path, with: $0, installation) }
                ?? [
                    .advice(
                        "make \(path) a link to berth-nic, and divert LXC's own program: see "
                            + "berth-install(7)")
                ])
    }

    private static let options = "the options in lxc-usernet"

    /// The settings that only berth-nic observes.
    private static func effects(of helper: ProgramFacts, _ facts: Facts) -> [String] {
        let hasOptions = facts.usernet.quotas.contains { quota in
            quota.lines.contains { !$0.options.isEmpty }
        }
        let reserves = facts.usedNetworks.contains { network in
            network.desired?.dhcp.reservations.contains { $0.container != nil } ?? false
        }
        return (hasOptions ? [options] : [])
            + (reserves ? ["the reservations for containers in LXC_DHCP_HOSTS"] : [])
    }

    private static func missingFixes(
        _ path: String, _ installation: InstallationFacts, isLink: Bool
    ) -> [Fix] {
        if let berthNIC = installation.berthNIC {
            let directory = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
            return [
                .command("mkdir -p \(quoted(directory))", by: .root),
                .command("ln -sf \(quoted(berthNIC)) \(quoted(path))", by: .root),
            ]
        }
        // The package manager would not replace a link that an administrator made.
        return
            (isLink
            ? [
                .advice(
                    "install berth-nic, and make \(path) a link to it: see berth-install(7); or:"),
                .command("rm \(quoted(path))", by: .root),
            ] : []) + [installation.install(.helper, again: true)]
    }

    /// As berth-install(7) describes it.
    private static func replacementFixes(
        _ path: String, with berthNIC: String, _ installation: InstallationFacts
    ) -> [Fix] {
        let stock = quoted("\(path).lxc")
        let path = quoted(path)
        let move =
            installation.hasDpkgDivert
            ? "dpkg-divert --local --rename --divert \(stock) --add \(path)"
            : "mv \(path) \(stock)"
        // A diversion can exist already, after which dpkg-divert leaves the file where it is.
        return [
            .command(move, by: .root),
            .command("ln -sf \(quoted(berthNIC)) \(path)", by: .root),
            .command("chmod u-s \(stock)", by: .root),
        ]
    }
}
