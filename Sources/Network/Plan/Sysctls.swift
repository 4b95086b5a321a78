/// The paths of the kernel settings that a network needs.
enum Sysctls {
    static let forwarding4 = "/proc/sys/net/ipv4/ip_forward"
    static let forwarding6 = forwards6("all")
    /// The kernel sets it to 1 when forwarding is disabled, and to 0 when it is enabled.
    static let acceptsRedirects4 = "/proc/sys/net/ipv4/conf/all/accept_redirects"

    static func forwards4(_ interface: String) -> String {
        "/proc/sys/net/ipv4/conf/\(interface)/forwarding"
    }

    static func forwards6(_ interface: String) -> String {
        "/proc/sys/net/ipv6/conf/\(interface)/forwarding"
    }

    static func acceptsAdvertisements(_ interface: String) -> String {
        "/proc/sys/net/ipv6/conf/\(interface)/accept_ra"
    }

    static func promoteSecondaries(_ bridge: BridgeName) -> String {
        "/proc/sys/net/ipv4/conf/\(bridge)/promote_secondaries"
    }

    static func ignoresARP(_ bridge: BridgeName) -> String {
        "/proc/sys/net/ipv4/conf/\(bridge)/arp_ignore"
    }

    static func disabled6(_ bridge: BridgeName) -> String {
        "/proc/sys/net/ipv6/conf/\(bridge)/disable_ipv6"
    }

    /// The IPv6 settings that are 0 on the bridge of a container network. With `addr_gen_mode`, its
    /// link-local address is derived from its hardware address (EUI-64), as ``TunnelGuard`` and
    /// ``AddressFilter`` expect.
    static func ofBridge(_ bridge: BridgeName) -> [Alteration.Attribute] {
        ["accept_dad", "accept_ra", "addr_gen_mode", "autoconf"].map {
            .kernel("/proc/sys/net/ipv6/conf/\(bridge)/\($0)")
        }
    }

    /// The settings that keep this host out of the network of a bridge on which it has no address.
    static func ofClosedBridge(_ bridge: BridgeName) -> [Alteration.Attribute] {
        [.kernel(ignoresARP(bridge)), .kernel(disabled6(bridge))]
    }

    /// The path of the default from which a new interface takes the value of this setting.
    static func initial(_ path: String, of bridge: BridgeName) -> String {
        let parts = path.split(separator: "/\(bridge)/", maxSplits: 1)
        return parts.joined(separator: "/default/")
    }

    /// The path as sysctl(8) writes it, but with slashes: names of interfaces may have dots.
    static func name(of path: String) -> String { String(path.dropFirst("/proc/sys/".count)) }
}
