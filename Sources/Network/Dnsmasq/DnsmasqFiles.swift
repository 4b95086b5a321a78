internal import HostPaths

/// The files of a bridge's dnsmasq. Those of lxcbr0 have the names that lxc-net gives them.
package enum DnsmasqFiles {
    package static func processFile(of bridge: BridgeName) -> String {
        bridge.description == Setting.bridge.defaultValue
            ? Paths.dnsmasqPID : "\(Paths.lxcRuntime)/dnsmasq.\(bridge).pid"
    }
    package static func leases(of bridge: BridgeName) -> String {
        "\(Paths.leases)/dnsmasq.\(bridge).leases"
    }
    /// What one that was killed may have left, and nobody reads.
    static func remains(of bridge: BridgeName) -> [String] {
        [processFile(of: bridge), reservations(of: bridge)]
    }
    package static func reservations(of bridge: BridgeName) -> String {
        "\(Paths.lxcRuntime)/dnsmasq.\(bridge).hosts"
    }
}
