/// Whether LXC and its templates are installed.
enum LXC: Check {
    static let name = "lxc"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let installation = facts.installation
        guard let path = installation.lxcStart else {
            return [
                .problem(
                    "lxc-start", "LXC is not installed",
                    installation.install(.lxc))
            ]
        }
        if let finding = facts.lxcStart?.executionFinding(by: facts.target) { return [finding] }
        guard !installation.templates.isEmpty else {
            return [
                .ok(path, "installed"),
                .warning(
                    InstallationFacts.templatesDirectory,
                    "no template is installed, so lxc-create cannot create containers",
                    installation.install(.lxcTemplates)),
            ]
        }
        return [.ok(path, "installed, with \(installation.templates.count) templates")]
    }
}
