/// Whether the kernel's settings let this host and its containers find each other, and leave room
/// for their connections.
enum NetworkSysctlsCheck: Check {
    static let name = "network-sysctls"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard !facts.usedNetworks.isEmpty else { return [] }
        let sysctls = facts.packetPath.sysctls
        let findings =
            facts.usedNetworks.compactMap { arp($0.bridge, sysctls) }
            + [pings(sysctls), fragments(sysctls), backlog(sysctls)].compactMap { $0 }
            + [
                full(
                    sysctls.connections, "connection tracking",
                    "the kernel drops the first packet of each new connection", facts),
                full(
                    sysctls.neighbors, "neighbor",
                    "this host does not find the hardware addresses of further containers", facts),
            ].compactMap { $0 }
        return findings.isEmpty
            ? [.ok("settings of the kernel", "they let containers and this host reach each other")]
            : findings
    }

    /// With 8 the kernel answers no request; it uses the higher one of the two values.
    private static func arp(_ bridge: String, _ sysctls: NetworkSysctls) -> Finding? {
        let settings = sysctls.arpIgnore.filter {
            [bridge, "all"].contains($0.interface) && $0.value >= 8
        }
        guard let first = settings.first else { return nil }
        return Finding(
            .problem, "net/ipv4/conf/\(first.interface)/arp_ignore = \(first.value)",
            "this host answers no ARP requests of containers on \(bridge), so they do not reach it",
            settings.map {
                .command("sysctl -w net/ipv4/conf/\($0.interface)/arp_ignore=0", by: .root)
            })
    }

    private static func pings(_ sysctls: NetworkSysctls) -> Finding? {
        guard sysctls.ignoresPings else { return nil }
        let key = "net.ipv4.icmp_echo_ignore_all"
        return .warning(
            "\(key) = 1", "this host answers no pings, although containers reach it",
            .command("sysctl -w \(key)=0", by: .root))
    }

    /// The kernel's default is 4 MiB. A fragment of a full frame takes about 2 KiB.
    private static func fragments(_ sysctls: NetworkSysctls) -> Finding? {
        guard let memory = sysctls.fragmentMemory, memory < 128 << 10 else { return nil }
        let key = "net.ipv4.ipfrag_high_thresh"
        return .problem(
            "\(key) = \(memory)",
            "this host has too little memory for fragments of packets, and drops them: connection "
                + "tracking reassembles all packets of containers",
            .command("sysctl -w \(key)=4194304", by: .root))
    }

    /// The kernel's default is 1000.
    private static func backlog(_ sysctls: NetworkSysctls) -> Finding? {
        guard let backlog = sysctls.backlog, backlog < 16 else { return nil }
        let key = "net.core.netdev_max_backlog"
        return .problem(
            "\(key) = \(backlog)",
            "so few packets may wait for a processor that packets between this host and its "
                + "containers are lost",
            .command("sysctl -w \(key)=1000", by: .root))
    }

    private static func full(
        _ table: NetworkSysctls.Table?, _ name: String, _ effect: String, _ facts: Facts
    ) -> Finding? {
        guard let table, table.limit > 0, table.used * 10 >= table.limit * 9 else { return nil }
        // The kernel's default for hosts with 1 GiB of memory or more.
        let fix = Fix.command(
            "sysctl -w \(table.key)=\(max(4 * table.limit, 1024))", by: .root)
        let place = "\(table.key) = \(table.limit)"
        return table.used < table.limit
            ? .warning(place, "the \(name) table is nearly full, with \(table.used) entries", fix)
            : .problem(place, "the \(name) table is full, so \(effect)", fix)
    }
}
