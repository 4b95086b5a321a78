internal import HostPaths
internal import Linux
internal import Network

/// Which of the programs that the checks and their fixes need are installed.
struct InstallationFacts: Equatable, Sendable {
    var lxcStart: String?
    var templates: [String] = []
    var hasApt = false
    var hasSetfacl = false
    var hasSystemd = false
    var hasBerthNet = true
    /// The NIC helper that liblxc executes; `nil` if the library is not found.
    var lxcHelper: String?
    /// berth-nic, where `make install` installs it; `nil` if it is not there.
    var berthNIC: String?
    var hasDpkgDivert = false
    var files: [InstalledFile] = []
    var modules = KernelModules()
    var ledger = LedgerFacts()
    var competing = CompetingServices()
    var clock = ClockFacts()

    static let templatesDirectory = "/usr/share/lxc/templates"

    /// - Parameter ledger: the ledger; `nil` if only root may read it.
    static func observe(
        _ network: HostNetworkStatus, _ path: PacketPathFacts, ledger: [UInt8]?
    ) -> InstallationFacts {
        let berthNIC = berthNIC()
        let lxcStart = ExternalProgram(named: "lxc-start")?.path
        return InstallationFacts(
            lxcStart: lxcStart,
            templates: (try? SmallFile.names(in: templatesDirectory)) ?? [],
            hasApt: ExternalProgram(named: "apt-get") != nil,
            hasSetfacl: ExternalProgram(named: "setfacl") != nil,
            hasSystemd: SmallFile.exists(Paths.systemdRuntime),
            hasBerthNet: ExternalProgram(named: "berth-net") != nil,
            lxcHelper: LXCLibrary.helperPath(lxcStart: lxcStart),
            berthNIC: berthNIC,
            hasDpkgDivert: ExternalProgram(named: "dpkg-divert") != nil,
            files: InstalledFile.all(
                settings: network.networks.compactMap(\.settingsFile), berthNIC: berthNIC),
            modules: .observe(network), ledger: .observe(ledger, path),
            competing: .observe(network, path.nics), clock: .observe(network.networks))
    }

    /// Searches this program's own prefix, and the usual ones.
    private static func berthNIC() -> String? {
        let own = FileAttributes.realPath(of: "/proc/self/exe") ?? ""
        let prefix = own.split(separator: "/").dropLast(2).map { "/" + $0 }.joined()
        return [prefix, "/usr", "/usr/local"].map { "\($0)/libexec/berth/berth-nic" }
            .first { SmallFile.exists($0) }
    }
}
