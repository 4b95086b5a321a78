internal import Linux
internal import Netlink
internal import Network

/// The kernel's network settings that can prevent packets from reaching containers, and the tables
/// that they limit; `nil` where the kernel has no such setting or the requester may not read it.
struct NetworkSysctls: Equatable, Sendable {
    struct ARPSetting: Equatable, Sendable {
        let interface: String
        let value: Int
    }

    /// A table of the kernel that refuses new entries when it is full.
    struct Table: Equatable, Sendable {
        let used: Int
        let limit: Int
        /// The setting with the limit, as sysctl(8) names it.
        let key: String
    }

    /// The values of arp_ignore of the bridges, and of `all`.
    var arpIgnore: [ARPSetting] = []
    /// net.ipv4.icmp_echo_ignore_all
    var ignoresPings = false
    /// The memory for fragments of IPv4 packets in bytes: net.ipv4.ipfrag_high_thresh.
    var fragmentMemory: Int?
    /// The packets that wait for a processor: net.core.netdev_max_backlog.
    var backlog: Int?
    /// The tracked connections, which NAT needs.
    var connections: Table?
    /// The hardware addresses of IPv4 neighbors.
    var neighbors: Table?

    static func observe(_ network: HostNetworkStatus) -> NetworkSysctls {
        func number(_ path: String) -> Int? {
            kernelSetting("/proc/sys/net/\(path)").flatMap { Int($0) }
        }
        var facts = NetworkSysctls()
        facts.arpIgnore = (network.configured.map(\.bridge) + ["all"]).compactMap { name in
            number("ipv4/conf/\(name)/arp_ignore").map { ARPSetting(interface: name, value: $0) }
        }
        facts.ignoresPings = number("ipv4/icmp_echo_ignore_all") ?? 0 != 0
        facts.fragmentMemory = number("ipv4/ipfrag_high_thresh")
        facts.backlog = number("core/netdev_max_backlog")
        if let used = number("netfilter/nf_conntrack_count"),
            let limit = number("netfilter/nf_conntrack_max")
        {
            facts.connections = Table(
                used: used, limit: limit, key: "net.netfilter.nf_conntrack_max")
        }
        if let limit = number("ipv4/neigh/default/gc_thresh3"),
            let table = (try? SmallFile.start(of: "/proc/net/arp", atMost: 4 << 20)) ?? nil
        {
            let used = Lines(bytes: table).reduce(0) { count, _ in count + 1 } - 1
            facts.neighbors = Table(
                used: used, limit: limit, key: "net.ipv4.neigh.default.gc_thresh3")
        }
        return facts
    }
}
