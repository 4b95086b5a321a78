internal import Linux

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
        if let finding = inSearchPath(path, facts) { return [finding] }
        guard !installation.templates.isEmpty else {
            return [
                .ok(path, "installed"),
                .warning(
                    InstallationFacts.templatesDirectory,
                    "no template is installed, so lxc-create cannot create containers",
                    installation.install(.lxcTemplates)),
            ]
        }
        return [.ok(path, "installed, with \(counted(installation.templates.count, "template"))")]
    }

    /// Another LXC has a configuration, a NIC helper and a directory of state of its own.
    private static func inSearchPath(_ installed: String, _ facts: Facts) -> Finding? {
        guard let first = facts.session?.files.program("lxc-start", for: facts.target),
            let real = facts.lxcStart?.realPath, !(first.realPath == real)
        else { return nil }
        return .warning(
            first.path.quoted,
            "it comes before \(installed), the LXC that is examined here, in the PATH of this "
                + "session; this other LXC has its own helpers and settings, which Berth does not "
                + "replace",
            .advice("put the directory of \(installed) first in PATH, or run it by its path"))
    }
}
