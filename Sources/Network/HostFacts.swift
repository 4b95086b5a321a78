package import Netlink

/// What the wanted state depends on besides the settings: read once, before anything is decided.
package struct HostFacts: Sendable {
    package var interfaces: [Interface]
    package var routes: [Route]
    /// Whether the kernel does IPv6.
    package var hasIPv6: Bool
    /// What the ranges of IPv6 addresses are derived from.
    package var seed: [UInt8]
    /// The name servers of /etc/resolv.conf that a container could ask too.
    package var nameServers: [IPv4Address]
    /// What was in force before, by bridge: a range that was chosen stays.
    package var previous: [BridgeName: WantedNetwork]
    package var fileExists: @Sendable (String) -> Bool

    package init(
        interfaces: [Interface] = [], routes: [Route] = [], hasIPv6: Bool = true,
        seed: [UInt8] = [], nameServers: [IPv4Address] = [],
        previous: [BridgeName: WantedNetwork] = [:],
        fileExists: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.interfaces = interfaces
        self.routes = routes
        self.hasIPv6 = hasIPv6
        self.seed = seed
        self.nameServers = nameServers
        self.previous = previous
        self.fileExists = fileExists
    }

    package func interface(named name: BridgeName) -> Interface? {
        interfaces.first { $0.name == name.interface }
    }

    /// The default route that packets take: the one of the least metric.
    package func defaultRoute(ofIPv6: Bool) -> Route? {
        routes.filter { $0.isDefault && ($0.destination.count == 16) == ofIPv6 }
            .min { $0.metric < $1.metric }
    }

    /// The largest packet that leaves this host whole, in bytes.
    package var outsideMTU: UInt32 {
        guard let route = defaultRoute(ofIPv6: false) ?? defaultRoute(ofIPv6: true) else {
            return 1500
        }
        let interface = interfaces.first { $0.index == route.interface }
        return route.mtu ?? interface?.mtu ?? 1500
    }

    /// The routes that lead elsewhere with addresses of this range. A wider one that leads over a
    /// router is no hindrance: what is more specific wins.
    package func routes<Address>(into range: Prefix<Address>, notBy bridge: BridgeName) -> [Route] {
        let own = interface(named: bridge)?.index
        return routes.filter { route in
            guard let first = Address(bytes: route.destination), !route.isDefault,
                own == nil || route.interface != own
            else { return false }
            let other = Prefix(of: first, length: Int(route.prefixLength))
            return other.overlaps(range) && !(route.hasGateway && other.length < range.length)
        }
    }

    package func name(of route: Route) -> String {
        interfaces.first { $0.index == route.interface }?.name.description ?? "elsewhere"
    }
}
