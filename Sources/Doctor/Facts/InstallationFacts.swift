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
