/// The paths of the kernel settings that a network needs.
enum Sysctls {
    static let forwarding4 = "/proc/sys/net/ipv4/ip_forward"
    static let forwarding6 = "/proc/sys/net/ipv6/conf/all/forwarding"

    static func acceptsAdvertisements(_ interface: String) -> String {
        "/proc/sys/net/ipv6/conf/\(interface)/accept_ra"
    }

    static func promotes(_ bridge: BridgeName) -> String {
        "/proc/sys/net/ipv4/conf/\(bridge)/promote_secondaries"
    }

    static func disabled6(_ bridge: BridgeName) -> String {
        "/proc/sys/net/ipv6/conf/\(bridge)/disable_ipv6"
    }

    static func ofBridge(_ bridge: BridgeName) -> [String] {
        ["accept_dad", "accept_ra", "autoconf"].map { "/proc/sys/net/ipv6/conf/\(bridge)/\($0)" }
    }
}
