internal import HostPaths
internal import Linux

/// Which of the programs that the checks and their fixes need are installed.
struct InstallationFacts: Equatable, Sendable {
    var lxcStart: String?
    var templates: [String] = []
    var hasApt = false
    var hasSetfacl = false
    var hasSystemd = false
    var hasBerthNet = true

    static let templatesDirectory = "/usr/share/lxc/templates"

    static func observe() -> InstallationFacts {
        InstallationFacts(
            lxcStart: ExternalProgram(named: "lxc-start")?.path,
            templates: (try? SmallFile.names(in: templatesDirectory)) ?? [],
            hasApt: ExternalProgram(named: "apt-get") != nil,
            hasSetfacl: ExternalProgram(named: "setfacl") != nil,
            hasSystemd: SmallFile.exists(Paths.systemdRuntime),
            hasBerthNet: ExternalProgram(named: "berth-net") != nil)
    }
}
