internal import HostPaths
internal import Linux

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
    private static func runtimeFiles(of bridge: BridgeName) -> [String] {
        [processFile(of: bridge), reservations(of: bridge), hostNames(of: bridge)]
    }
    package static func hostNames(of bridge: BridgeName) -> String {
        "\(Paths.lxcRuntime)/dnsmasq.\(bridge).names"
    }
    package static func reservations(of bridge: BridgeName) -> String {
        "\(Paths.lxcRuntime)/dnsmasq.\(bridge).hosts"
    }
    /// The directory with the names of containers: see ``NamesDirectory``.
    package static func containerNames(of bridge: BridgeName) -> String {
        "\(Paths.lxcRuntime)/dnsmasq.\(bridge).names.d"
    }
    /// Where a file of that directory is written first.
    static func newContainerNames(of bridge: BridgeName) -> String {
        "\(Paths.lxcRuntime)/dnsmasq.\(bridge).names.new"
    }
    /// Removes what dnsmasq and berth-net wrote for a network.
    static func removeRuntimeFiles(of bridge: BridgeName) throws(Errno) {
        for path in runtimeFiles(of: bridge) { try SmallFile.remove(path) }
        try NamesDirectory(bridge: bridge).remove()
    }
}
