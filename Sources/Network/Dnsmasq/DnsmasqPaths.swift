internal import HostPaths

/// The files of a bridge's dnsmasq. The PID file of lxcbr0 has the name that lxc-net gives it.
package enum DnsmasqPaths {
    package static func processFile(of bridge: BridgeName) -> String {
        bridge.description == Setting.bridge.defaultValue
            ? Paths.dnsmasqPID : "\(Paths.lxcRuntime)/dnsmasq.\(bridge).pid"
    }
    package static func leases(of bridge: BridgeName) -> String {
        "\(Paths.leases)/dnsmasq.\(bridge).leases"
    }
    /// The files to remove with the network. A dnsmasq that was killed leaves its PID file behind.
    static func runtimeFiles(of bridge: BridgeName) -> [String] {
        [processFile(of: bridge), reservations(of: bridge), hostNames(of: bridge)]
    }
    package static func hostNames(of bridge: BridgeName) -> String {
        "\(Paths.lxcRuntime)/dnsmasq.\(bridge).names"
    }
    package static func reservations(of bridge: BridgeName) -> String {
        "\(Paths.lxcRuntime)/dnsmasq.\(bridge).hosts"
    }
}
