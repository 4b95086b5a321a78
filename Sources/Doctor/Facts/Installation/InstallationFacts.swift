internal import Linux
internal import Network

/// Which of the programs that the checks and their fixes need are installed.
struct InstallationFacts: Equatable, Sendable {
    var lxcStart: String?
    /// `nil` if it is not known.
    var lxcVersion: LXCVersion?
    var templates: [String] = []
    /// `nil` where it is unknown, or where packages are not installed by a command.
    var packageManager: PackageManager?
    var initSystem = InitSystem.sysvinit
    var hasSetfacl = false
    var hasBerthNet = true
    var hasSysctlDirectory = true
    /// The NIC helper that liblxc executes; `nil` if the library is not found.
    var lxcHelper: String?
    /// The directory on which LXC mounts root file systems, if it does not exist.
    var missingRootMountPoint: String?
    /// What ``lxcHelper`` is a link to, if that does not exist.
    var danglingHelper: UntrustedText?
    /// berth-nic, where `make install` installs it; `nil` if it is not there.
    var berthNIC: String?
    var hasDpkgDivert = false
    var files: [InstalledFile] = []
    var modules = KernelModules()
    var ledger = LedgerFacts()
    var competing = CompetingServices()
    var clock = ClockFacts()

    /// The file that makes kernel settings persistent.
    var sysctlFile: String {
        hasSysctlDirectory ? "/etc/sysctl.d/60-berth.conf" : "/etc/sysctl.conf"
    }

    static let templatesDirectory = "/usr/share/lxc/templates"

    /// - Parameter ledger: the ledger; `nil` if only root may read it.
    static func observe(
        _ network: HostNetworkStatus, _ path: PacketPathFacts, ledger: [UInt8]?, limits: Bool
    ) -> InstallationFacts {
        let berthNIC = berthNIC()
        let lxcStart = ExternalProgram(named: "lxc-start")
        var facts = tools()
        facts.lxcStart = lxcStart?.path
        facts.lxcVersion = .observe(lxcStart)
        facts.templates = (try? SmallFile.names(in: templatesDirectory)) ?? []
        facts.lxcHelper = LXCLibrary.helperPath(lxcStart: lxcStart?.path)
        facts.missingRootMountPoint = LXCLibrary.rootMountPoint(lxcStart: lxcStart?.path).flatMap {
            SmallFile.exists($0) ? nil : $0
        }
        facts.danglingHelper = facts.lxcHelper.flatMap { path in
            guard !SmallFile.exists(path), let target = (try? SmallFile.target(of: path)) ?? nil
            else { return nil }
            return UntrustedText(target)
        }
        facts.berthNIC = berthNIC
        facts.hasDpkgDivert = ExternalProgram(named: "dpkg-divert") != nil
        facts.files = InstalledFile.all(
            settings: network.networks.compactMap(\.settingsFile), berthNIC: berthNIC)
        facts.modules = .observe(network, limits: limits)
        facts.ledger = .observe(ledger, path)
        facts.competing = .observe(network, path.nics)
        facts.clock = .observe(network.networks)
        return facts
    }

    /// Only what decides which commands are right on this host.
    static func tools() -> InstallationFacts {
        let osRelease =
            ["/etc/os-release", "/usr/lib/os-release"].lazy.map { contents(of: $0) }
            .first { !$0.isEmpty } ?? []
        return InstallationFacts(
            packageManager: .ofHost(osRelease: osRelease) {
                ExternalProgram(named: $0) != nil
            }, initSystem: .ofHost(),
            hasSetfacl: ExternalProgram(named: "setfacl") != nil,
            hasBerthNet: ExternalProgram(named: "berth-net") != nil,
            hasSysctlDirectory: SmallFile.exists("/etc/sysctl.d"))
    }

    /// Searches this program's own prefix, and the usual ones.
    private static func berthNIC() -> String? {
        let own = FileAttributes.realPath(of: "/proc/self/exe") ?? ""
        let prefix = own.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
        return [prefix, "/usr", "/usr/local"].map { "\($0)/libexec/berth/berth-nic" }
            .first { SmallFile.exists($0) }
    }
}
