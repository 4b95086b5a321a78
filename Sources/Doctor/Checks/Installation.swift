internal import HostPaths
internal import Linux

struct InstallationFacts: Equatable, Sendable {
    var lxcStart: String?
    var templates: [String] = []
    var hasApt = false
    var hasSetfacl = false
    var hasSystemd = false
    var hasBerthNet = true
    var hasBerthCgroup = true

    static let templatesDirectory = "/usr/share/lxc/templates"

    static func observe() -> InstallationFacts {
        InstallationFacts(
            lxcStart: ExternalProgram(named: "lxc-start")?.path,
            templates: (try? SmallFile.names(in: templatesDirectory)) ?? [],
            hasApt: ExternalProgram(named: "apt-get") != nil,
            hasSetfacl: ExternalProgram(named: "setfacl") != nil,
            hasSystemd: SmallFile.exists(Paths.systemdRuntime),
            hasBerthNet: ExternalProgram(named: "berth-net") != nil,
            hasBerthCgroup: ExternalProgram(named: "berth-cgroup") != nil)
    }
}

/// Whether LXC is there at all.
enum Installation: Check {
    static let name = "lxc"
    static let concernsRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let installation = facts.installation
        guard let path = installation.lxcStart else {
            return [
                .problem(
                    "lxc-start", "LXC is not installed",
                    installation.hasApt
                        ? .command("apt-get install lxc", by: .root)
                        : .advice("install the package lxc"))
            ]
        }
        guard !installation.templates.isEmpty else {
            return [
                .ok(path, "installed"),
                .warning(
                    InstallationFacts.templatesDirectory,
                    "there is no template, so lxc-create can make no container",
                    installation.hasApt
                        ? .command("apt-get install lxc-templates", by: .root)
                        : .advice("install the package lxc-templates, or lxc-download")),
            ]
        }
        return [.ok(path, "installed, with \(installation.templates.count) templates")]
    }
}
