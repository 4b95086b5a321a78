/// Files that other programs know by these names.
package enum Paths {
    /// Where the settings are: Debian's directory first, then that of Fedora and its kin.
    package static let settingsDirectories = ["/etc/default", "/etc/sysconfig"]
    package static let furtherNetworks = "/etc/lxc/net.d"

    package static let runDirectory = "/run/lxc"
    package static let networkUp = "/run/lxc/network_up"
    package static let record = "/run/lxc/berth-net.json"
    package static let lock = "/run/lxc/berth-net.lock"
    package static let leasesDirectory = "/var/lib/misc"
    package static let stateDirectory = "/var/lib/lxc"
    /// What stands for a machine's identity where it has none.
    package static let randomSeed = "/var/lib/lxc/berth-net.seed"
    package static let machineID = "/etc/machine-id"
    package static let nameServers = "/etc/resolv.conf"

    static let stockProcessFile = "/run/lxc/dnsmasq.pid"

    /// The first network's are those of lxc-net, so that its dnsmasq is recognised and its leases go on.
    package static func processFile(of bridge: BridgeName) -> String {
        bridge.description == Setting.bridge.standard
            ? stockProcessFile : "/run/lxc/dnsmasq.\(bridge).pid"
    }
    package static func leases(of bridge: BridgeName) -> String {
        "/var/lib/misc/dnsmasq.\(bridge).leases"
    }
    /// What one that was killed may have left, and nobody reads.
    static func remains(of bridge: BridgeName) -> [String] {
        [processFile(of: bridge), reservations(of: bridge)]
    }
    package static func reservations(of bridge: BridgeName) -> String {
        "/run/lxc/dnsmasq.\(bridge).hosts"
    }
}
