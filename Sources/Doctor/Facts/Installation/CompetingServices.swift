internal import HostPaths
internal import Linux
internal import Netlink
internal import Network

/// Services other than berth-net that would configure the bridges or the NICs of containers.
struct CompetingServices: Equatable, Sendable {
    /// Where an init system starts LXC's own network script.
    var lxcNet: String?
    /// A service of OpenRC that runs dnsmasq on a bridge, such as Alpine's `dnsmasq.lxcbr0`.
    struct DnsmasqService: Equatable, Sendable {
        let name: String
        let runlevel: String
        let bridge: String
    }

    var dnsmasq: [DnsmasqService] = []

    /// A network manager that configures a bridge or an uplink of berth-net, or the NIC of a
    /// container.
    struct Manager: Equatable, Sendable {
        enum Program: Equatable, Sendable {
            case networkd
            case networkManager
        }

        let program: Program
        let interface: String
        /// The configuration file or profile that it applies.
        let file: UntrustedText?
    }

    var managers: [Manager] = []

    static func observe(_ network: HostNetworkStatus, _ nics: [ContainerNICFacts])
        -> CompetingServices
    {
        let bridges = network.configured.map(\.bridge)
        var services = CompetingServices(lxcNet: enabledLXCNet())
        for runlevel in (try? SmallFile.names(in: "/etc/runlevels")) ?? [] {
            for name in (try? SmallFile.names(in: "/etc/runlevels/\(runlevel)")) ?? [] {
                guard name.hasPrefix("dnsmasq."),
                    let bridge = bridges.first(where: { name == "dnsmasq.\($0)" })
                else { continue }
                services.dnsmasq.append(
                    DnsmasqService(name: name, runlevel: runlevel, bridge: bridge))
            }
        }
        let ports = Set(nics.map(\.port) + network.made.compactMap { $0.uplink?.port })
        for interface in network.interfaces
        where bridges.contains(interface.description) || ports.contains(interface.description) {
            services.managers += managers(of: interface)
        }
        return services
    }

    /// The link that enables the service `lxc-net`, unless its script does nothing.
    private static func enabledLXCNet() -> String? {
        for script in ["/usr/libexec/lxc/lxc-net", "/usr/lib/x86_64-linux-gnu/lxc/lxc-net"] {
            // The Debian package replaces LXC's script.
            if FileAttributes.realPath(of: script)?.contains("/berth/") ?? false { return nil }
        }
        let unit = "/etc/systemd/system/lxc-net.service"
        if FileAttributes.realPath(of: unit) == "/dev/null" { return nil }
        for directory in directories(of: .ofHost()) {
            for name in (try? SmallFile.names(in: directory)) ?? [] {
                let isStarted =
                    name == "lxc-net" || name == "lxc-net.service"
                    || name.hasPrefix("S") && name.dropFirst(3) == "lxc-net"
                if isStarted { return "\(directory)/\(name)" }
            }
        }
        return nil
    }

    /// Where links start services at boot. A package leaves links for several init systems.
    private static func directories(of initSystem: InitSystem) -> [String] {
        let systemd = ["/etc/systemd/system/multi-user.target.wants"]
        let openRC = ((try? SmallFile.names(in: "/etc/runlevels")) ?? [])
            .map { "/etc/runlevels/\($0)" }
        let sysvinit = (2...5).map { "/etc/rc\($0).d" }
        return switch initSystem {
        case .systemd: systemd
        case .openRC: openRC
        case .sysvinit: sysvinit
        case .runit, .dinit, .s6, .finit: []
        case .unknown: systemd + openRC + sysvinit
        }
    }

    private static func managers(of interface: Interface) -> [Manager] {
        LinkManager.ofInterface(interface.index.number).map { manager in
            switch manager {
            case .networkd(let file):
                Manager(program: .networkd, interface: interface.description, file: file)
            case .networkManager:
                Manager(program: .networkManager, interface: interface.description, file: nil)
            }
        }
    }
}
