/// Whether lxc-start finds its NIC helper, and the helper is berth-nic and setuid root.
enum Helper: Check {
    static let name = "helper"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.config.needsNICHelper else {
            return [.ok(facts.config.path.quoted, "no NIC of type veth, so no helper is needed")]
        }
        guard !facts.helpers.isEmpty else {
            let path = facts.installation.lxcHelper ?? "/usr/libexec/lxc/lxc-user-nic"
            return [
                Finding(
                    .problem, path, "lxc-start finds no NIC helper",
                    missingFixes(path, facts.installation))
            ]
        }
        return facts.helpers.map {
            $0.executionFinding(by: facts.target) ?? finding($0, facts.installation)
        }
    }

    private static func finding(
        _ helper: ProgramFacts, _ installation: InstallationFacts
    ) -> Finding {
        if let finding = helper.setuidFinding { return finding }
        let path = helper.path ?? ""
        if helper.isBerthNIC { return .ok(path, "berth-nic, setuid root") }
        guard let berthNIC = installation.berthNIC else {
            return .ok(path, "LXC's own helper, not berth-nic, setuid root")
        }
        return Finding(
            .warning, path,
            "it is LXC's own helper: lxc-start does not use berth-nic, so the options in "
                + "lxc-usernet have no effect",
            replacementFixes(path, with: berthNIC, installation))
    }

    private static func missingFixes(
        _ path: String, _ installation: InstallationFacts
    ) -> [Fix] {
        if let berthNIC = installation.berthNIC {
            let directory = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
            return [
                .command("mkdir -p \(quoted(directory))", by: .root),
                .command("ln -sf \(quoted(berthNIC)) \(quoted(path))", by: .root),
            ]
        }
        return [installation.install(.helper, again: true)]
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
