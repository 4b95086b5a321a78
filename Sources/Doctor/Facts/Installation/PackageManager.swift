internal import Linux
internal import Network

/// The program with which this distribution installs packages.
enum PackageManager: String, Sendable, CaseIterable {
    case apt = "apt-get"
    case dnf, zypper, pacman, apk
    case xbps = "xbps-install"
    case emerge

    /// Software that containers need, which distributions package under different names.
    enum Software: String, CaseIterable {
        case lxc
        case lxcTemplates = "lxc-templates"
        /// newuidmap and newgidmap
        case idMapPrograms = "uidmap"
        case dnsmasq
        case appArmorParser = "apparmor"
        /// LXC's own NIC helper.
        case helper
    }

    /// The package manager of the distribution that os-release names, if its program exists. For an
    /// unknown distribution, the only package manager that is installed.
    /// - Parameter osRelease: the contents of os-release(5).
    /// - Parameter isInstalled: whether the program of that name exists.
    static func ofHost(osRelease: [UInt8], isInstalled: (String) -> Bool) -> PackageManager? {
        let names = distributions(in: osRelease)
        for name in names {
            guard let manager = ofDistribution(name) else { continue }
            return isInstalled(manager.rawValue) ? manager : nil
        }
        // These distributions declare packages in their configuration.
        guard !names.contains("nixos"), !names.contains("guix") else { return nil }
        let installed = allCases.filter { isInstalled($0.rawValue) }
        return installed.count == 1 ? installed[0] : nil
    }

    private static func ofDistribution(_ name: String) -> PackageManager? {
        switch name {
        case "debian", "ubuntu", "devuan": .apt
        case "fedora", "rhel", "centos": .dnf
        case "suse", "opensuse", "opensuse-tumbleweed", "opensuse-leap", "sles": .zypper
        case "arch", "archlinux", "artix": .pacman
        case "alpine": .apk
        case "void": .xbps
        case "gentoo": .emerge
        default: nil
        }
    }

    /// The distribution, and those that it is derived from.
    private static func distributions(in osRelease: [UInt8]) -> [String] {
        let values = assignments(in: osRelease)
        return ["ID", "ID_LIKE"]
            .flatMap { (values[$0] ?? "").filter { $0 != "\"" && $0 != "'" }.split(separator: " ") }
            .map { $0.lowercased() }
    }

    /// The name of the package; `nil` if the distribution has none.
    func package(_ software: Software) -> String? {
        switch (software, self) {
        case (.lxc, .emerge): "app-containers/lxc"
        case (.lxcTemplates, .pacman), (.lxcTemplates, .xbps): "lxc"
        case (.lxcTemplates, .apk): "lxc-download"
        case (.lxcTemplates, .emerge): "app-containers/lxc-templates"
        case (.lxcTemplates, .zypper): nil
        case (.idMapPrograms, .dnf): "shadow-utils"
        case (.idMapPrograms, .apk): "shadow-uidmap"
        case (.idMapPrograms, .emerge): "sys-apps/shadow"
        case (.idMapPrograms, .zypper), (.idMapPrograms, .pacman), (.idMapPrograms, .xbps):
            "shadow"
        case (.dnsmasq, .apt): "dnsmasq-base"
        case (.dnsmasq, .emerge): "net-dns/dnsmasq"
        case (.appArmorParser, .dnf): nil
        case (.appArmorParser, .zypper): "apparmor-parser"
        case (.appArmorParser, .emerge): "sys-apps/apparmor"
        case (.helper, .apt): "liblxc-common"
        case (.helper, .dnf): "lxc-libs"
        case (.helper, _): package(.lxc)
        default: software.rawValue
        }
    }

    /// The command line that installs or reinstalls a package.
    private func command(_ package: String, again: Bool) -> String {
        switch self {
        case .apt: "apt-get install \(again ? "--reinstall " : "")\(package)"
        case .dnf: "dnf \(again ? "reinstall" : "install") \(package)"
        case .zypper: "zypper install \(again ? "--force " : "")\(package)"
        case .pacman: "pacman -S \(package)"
        case .apk: again ? "apk fix \(package)" : "apk add \(package)"
        case .xbps: "xbps-install \(again ? "-f " : "")\(package)"
        case .emerge: "emerge --oneshot \(package)"
        }
    }
}

extension InstallationFacts {
    /// The step that installs software on this host.
    /// - Parameter again: whether its package is installed, but a file of it is wrong or missing.
    func install(_ software: PackageManager.Software, again: Bool = false) -> Fix {
        if let command = packageManager?.installation(of: software, again: again) {
            return .command(command, by: .root)
        }
        let verb = again ? "reinstall" : "install"
        return .advice("\(verb) the package that contains \(software.contents)")
    }
}

extension PackageManager {
    fileprivate func installation(of software: Software, again: Bool) -> String? {
        package(software).map { command($0, again: again) }
    }
}

extension PackageManager.Software {
    fileprivate var contents: String {
        switch self {
        case .lxc: "LXC"
        case .lxcTemplates: "templates of LXC, such as lxc-download"
        case .idMapPrograms: "newuidmap and newgidmap (uidmap or shadow)"
        case .dnsmasq: "dnsmasq"
        case .appArmorParser: "apparmor_parser"
        case .helper: "lxc-user-nic, LXC's helper"
        }
    }
}
