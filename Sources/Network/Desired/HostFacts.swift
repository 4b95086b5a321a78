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
    package var previous: [BridgeName: DesiredNetwork]
    package var fileExists: @Sendable (String) -> Bool

    package init(
        interfaces: [Interface] = [], routes: [Route] = [], hasIPv6: Bool = true,
        seed: [UInt8] = [], nameServers: [IPv4Address] = [],
        previous: [BridgeName: DesiredNetwork] = [:],
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

    /// What is plugged into it.
    package func ports(of bridge: BridgeName) -> [Interface] {
        guard let index = interface(named: bridge)?.index else { return [] }
        return interfaces.filter { $0.master == index }
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

    /// A route that leads elsewhere with addresses of this range. A wider one is no conflictingRoute unless
    /// its own neighbours live there: what is more specific wins. Nor is any if the range is the
    /// bridge's already: a refusal would not take back what is there, but keep all else from changing.
    package func conflictingRoute<Address>(for range: Prefix<Address>, of bridge: BridgeName)
        -> Route?
    {
        let own = interface(named: bridge)?.index
        var found: Route?
        for route in routes {
            guard let first = Address(bytes: route.destination), !route.isDefault else { continue }
            let other = Prefix(of: first, length: Int(route.prefixLength))
            if own != nil, route.interface == own {
                if other == range { return nil }
            } else if other.overlaps(range), other.length >= range.length || route.isConnected {
                found = found ?? route
            }
        }
        return found
    }

    package func name(of route: Route) -> String {
        interfaces.first { $0.index == route.interface }?.name.description ?? "elsewhere"
    }
}
