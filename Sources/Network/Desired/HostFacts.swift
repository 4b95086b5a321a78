package import Identity
package import Netlink
package import Usernet

/// The facts about the host on which the desired state depends, read once before any decision.
package struct HostFacts: Sendable {
    package var interfaces: [Interface]
    package var addresses: [InterfaceAddress] = []
    package var routes: [Route]
    /// The rows of the NICs that berth-nic made.
    package var ledger: [Ledger.Row] = []
    /// The forwarding tables, if a port of the ledger may be locked.
    package var forwardingEntries: [ForwardingEntry] = []
    /// The peers of the VXLAN ports of berth-net, by the index of the port.
    package var tunnelPeers: [Int32: [UnderlayAddress]] = [:]
    /// The hardware addresses behind these ports, if they were read.
    package var tunnelEntries: [Int32: [VXLANEntry]] = [:]
    package var hasIPv6: Bool
    /// The bytes from which IPv6 prefixes are derived.
    package var seed: [UInt8]
    /// The name servers of /etc/resolv.conf that containers can reach.
    package var nameServers: [IPv4Address]
    /// The existing networks by bridge, so that a network keeps its automatic range.
    package var previous: [BridgeName: DesiredNetwork]
    /// The bridges that berth-net created, or took over from lxc-net.
    package var ownBridges: [BridgeName] = []
    /// The uplinks that the record or the settings give each bridge.
    package var uplinks: [BridgeName: [Uplink]] = [:]
    /// Whether an interface is one of a wireless network.
    package var isWireless: @Sendable (String) -> Bool = { _ in false }
    /// The programs that configure the interface with an index.
    package var managers: @Sendable (Int32) -> [LinkManager] = { _ in [] }
    /// Whether the rules of the IP firewall apply to frames between the ports of a bridge
    /// (br_netfilter), keyed by family.
    package var filtersFrames: [String: Bool] = [:]
    /// Whether lxc-net's own network is up, or is being replaced by berth-net's.
    package var isLXCNetUp = false
    package var fileExists: @Sendable (String) -> Bool
    /// Reads the administrator's configuration file for dnsmasq.
    package var dnsmasqFile: @Sendable (String) -> DnsmasqFile? = { _ in nil }
    /// Whether a user exists, or a group if the second argument is true.
    package var hasAccount: @Sendable (String, Bool) -> Bool = { _, _ in true }
    /// The user ID of the user with that name.
    package var userID: @Sendable ([UInt8]) -> UInt32? = { _ in nil }
    /// The hardware addresses that berth-nic gives a NIC; none without the key.
    package var hardwareAddresses: @Sendable (BridgeName, UInt32, ContainerLabel) -> [String] = {
        _, _, _ in []
    }
    /// Why the key for hardware addresses cannot be used; `nil` if it can.
    package var identityKeyProblem: String?
    package var hostNames = HostNames()
    /// The lines of lxc-usernet that grant `ipfilter`, by number, with the bridge.
    package var filterLines: [FilterLine] = []
    /// The bridges with NICs that have `ipfilter`.
    package var bridgesOfFilteredNICs: Set<BridgeName> = []

    /// Whether the NICs of a user on a bridge have `ipfilter`, as far as that can be told without
    /// looking up groups.
    package var grantsFilter: @Sendable ([UInt8], BridgeName) -> Bool = { _, _ in false }

    package struct FilterLine: Hashable, Sendable {
        package let number: Int
        package let bridge: String

        package init(number: Int, bridge: String) {
            self.number = number
            self.bridge = bridge
        }
    }

    /// The bridges on which ``AddressFilter`` is needed. While NICs with `ipfilter` exist, their
    /// filter stays, even if lxc-usernet no longer grants it.
    package var filteredBridges: Set<BridgeName> {
        Set(filterLines.compactMap { BridgeName($0.bridge) }).union(bridgesOfFilteredNICs)
    }

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

    /// The ports of a bridge, without those through which berth-net joins it with other networks.
    package func ports(of bridge: BridgeName) -> [Interface] {
        guard let index = interface(named: bridge)?.index else { return [] }
        return interfaces.filter {
            $0.master == index && !$0.isOwnTunnel && !isUplink($0, of: bridge)
        }
    }

    /// The addresses of an interface, except link-local ones.
    package func globalAddresses(of interface: InterfaceIndex) -> [InterfaceAddress] {
        addresses.filter { $0.interface == interface && !$0.isLinkLocal }
    }

    /// The default route with the lowest metric.
    package func defaultRoute(ofIPv6: Bool) -> Route? {
        routes.filter { $0.isDefault && ($0.destination.count == 16) == ofIPv6 }
            .min { $0.metric < $1.metric }
    }

    package var defaultRouteMTU: UInt32 {
        guard let route = defaultRoute(ofIPv6: false) ?? defaultRoute(ofIPv6: true) else {
            return 1500
        }
        let interface = interfaces.first { route.goesOut(through: $0.index) }
        return route.mtu ?? interface?.mtu ?? 1500
    }

    /// A route through another interface to addresses in this range. A less specific route
    /// conflicts only if it is connected, because hosts on that link may have these addresses;
    /// otherwise the kernel prefers the bridge's route. A range that the bridge already has
    /// conflicts with nothing: refusing it would only prevent other changes.
    package func conflictingRoute<Address>(for range: Prefix<Address>, of bridge: BridgeName)
        -> Route?
    {
        let own = interface(named: bridge)?.index
        var found: Route?
        for route in routes {
            guard let first = Address(bytes: route.destination), !route.isDefault,
                !isToOwnAddress(route)
            else { continue }
            let other = Prefix(of: first, length: Int(route.prefixLength))
            if own != nil, route.interface == own {
                if other == range { return nil }
            } else if other.overlaps(range), other.length >= range.length || route.isConnected {
                found = found ?? route
            }
        }
        return found
    }

    /// Whether the route leads only to an address of this host, which can be inside a container
    /// network: providers assign `P::2/128` to a host and `P::/64` to what is behind it.
    private func isToOwnAddress(_ route: Route) -> Bool {
        Int(route.prefixLength) == route.destination.count * 8
            && addresses.contains {
                $0.interface == route.interface && $0.bytes == route.destination
            }
    }

    /// The interfaces, other than the bridge, that have one of the addresses, each with that
    /// address.
    package func owners<Address: IPAddress>(
        among addresses: ClosedRange<Address>, except bridge: BridgeName
    ) -> [(address: Address, interface: String)] {
        let own = interface(named: bridge)?.index
        return self.addresses.compactMap { entry in
            guard entry.interface != own, let address = Address(bytes: entry.bytes),
                addresses.contains(address)
            else { return nil }
            let interface = interfaces.first { $0.index == entry.interface }
            return (address, interface?.description ?? "another interface")
        }
    }

    package func name(of route: Route) -> String {
        interfaces.first { route.goesOut(through: $0.index) }?.description ?? "another interface"
    }
}
