internal import Linux
internal import Netlink
internal import Network

/// What can drop or delay packets outside the firewall, on the bridges, the hosts' ends of
/// containers' NICs, and the interfaces to the Internet.
struct TrafficControlFacts: Equatable, Sendable {
    struct Discipline: Equatable, Sendable {
        let interface: String
        /// Of the interface, in bytes, without the Ethernet header.
        let mtu: UInt32
        let discipline: QueueingDiscipline
    }

    struct Filter: Equatable, Sendable {
        let interface: String
        let filter: DroppingFilter
    }

    var disciplines: [Discipline] = []
    var filters: [Filter] = []
    /// The interfaces with a program that sees each received frame first (XDP).
    var withXDP: [String] = []

    static func observe(
        _ network: HostNetworkStatus, _ path: PacketPathFacts, _ kernel: borrowing RouteSocket
    ) -> TrafficControlFacts {
        let names = Set(
            network.configured.map(\.bridge) + path.nics.map(\.port)
                + path.routes.values.joined().compactMap(\.uplink))
        let interfaces = network.interfaces.filter { names.contains($0.description) }
        func interface(_ index: InterfaceIndex) -> Interface? {
            interfaces.first { $0.index == index }
        }
        var facts = TrafficControlFacts()
        facts.disciplines = ((try? kernel.queueingDisciplines()) ?? []).compactMap { discipline in
            interface(discipline.interface).map {
                Discipline(interface: $0.description, mtu: $0.mtu, discipline: discipline)
            }
        }
        for each in facts.disciplines where each.discipline.kind == "htb" {
            let buckets = (try? kernel.tokenBuckets(of: each.discipline.interface)) ?? []
            facts.disciplines += buckets.prefix(64).map {
                Discipline(interface: each.interface, mtu: each.mtu, discipline: $0)
            }
        }
        // Only these disciplines have filters for what an interface receives.
        for each in facts.disciplines where ["ingress", "clsact"].contains(each.discipline.kind) {
            let filters = (try? kernel.droppingFilters(of: each.discipline.interface)) ?? []
            facts.filters += filters.map { Filter(interface: each.interface, filter: $0) }
        }
        facts.withXDP = ((try? kernel.interfacesWithXDP()) ?? []).compactMap {
            interface($0)?.description
        }
        return facts
    }
}
