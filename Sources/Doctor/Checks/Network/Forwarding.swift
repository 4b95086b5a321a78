/// Whether the kernel forwards packets: for IPv4, and for IPv6 on networks that have it.
enum Forwarding: Check {
    static let name = "forwarding"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        // Between containers and a LAN, the bridge forwards, not the kernel's router.
        let networks = facts.usedNetworks.filter { !($0.desired?.isClosed ?? false) }
        guard !networks.isEmpty, let forwards = facts.network.forwardsIPv4 else {
            return []
        }
        let key = "net.ipv4.ip_forward"
        let needsIPv4 = networks.contains { !($0.desired?.isClosed(isIPv6: false) ?? false) }
        guard forwards || !needsIPv4 else {
            return [
                .problem(
                    "\(key) = 0",
                    "the host does not forward packets, so containers reach only the host",
                    .command("sysctl -w \(key)=1", by: .root),
                    .line("\(key) = 1", to: facts.installation.sysctlFile, by: .root))
            ]
        }
        var found: [Finding] = []
        for network in networks {
            for routes in facts.packetPath.routes[network.bridge] ?? [] {
                found += disabled(routes).filter { !found.contains($0) }
            }
        }
        return found.isEmpty && forwards ? [.ok("\(key) = 1", "the host forwards packets")] : found
    }

    /// The interfaces through which the packets of a network pass, and that do not forward.
    private static func disabled(_ routes: RouteFacts) -> [Finding] {
        let version = routes.isIPv6 ? "ipv6" : "ipv4"
        // Without a route to the Internet, IPv6 is used on the network only.
        if routes.isIPv6, routes.uplink == nil { return [] }
        return routes.forwarding.filter { !$0.isEnabled }.map { setting in
            // With slashes, because the name of an interface may contain dots.
            let key = "net/\(version)/conf/\(setting.interface)/forwarding"
            return .problem(
                "\(key) = 0",
                "the host does not forward packets that arrive through \(setting.interface)",
                .command("sysctl -w \(key)=1", by: .root))
        }
    }
}
