internal import HostPaths
internal import Linux

/// The init system of this host, which decides how a service is started.
enum InitSystem: Sendable {
    case systemd, openRC, sysvinit, runit, dinit, s6, finit
    /// Another, or that of a container.
    case unknown

    static func ofHost() -> InitSystem {
        if SmallFile.exists(Paths.systemdRuntime) { return .systemd }
        if SmallFile.exists(Paths.openRCRuntime) { return .openRC }
        if SmallFile.exists(Paths.finitRuntime) { return .finit }
        let first = ((try? SmallFile.contents(of: "/proc/1/comm")) ?? nil) ?? []
        switch String(decoding: first.filter { $0 != 0x0a }, as: UTF8.self) {
        case "runit": return .runit
        case "dinit": return .dinit
        case "s6-svscan": return .s6
        case "init" where SmallFile.exists("/etc/inittab"): return .sysvinit
        default: return .unknown
        }
    }

    /// A command line for root; `nil` for an unknown init system.
    func command(_ verb: ServiceVerb, _ service: String) -> String? {
        switch self {
        case .systemd: "systemctl \(verb.rawValue) \(service)"
        case .openRC: "rc-service \(service) \(verb.rawValue)"
        case .sysvinit: "service \(service) \(verb.rawValue)"
        case .runit: "sv \(verb.rawValue) \(service)"
        case .dinit: "dinitctl \(verb.rawValue) \(service)"
        case .s6:
            verb == .restart
                ? "s6-rc -d change \(service) && s6-rc -u change \(service)"
                : "s6-rc -u change \(service)"
        case .finit: "initctl \(verb.rawValue) \(service)"
        case .unknown: nil
        }
    }

    enum ServiceVerb: String {
        case start, restart
    }
}
