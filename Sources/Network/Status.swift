internal import Linux

/// How a network is, for people and for programs.
package struct Status: Encodable, Sendable {
    package enum State: String, Encodable, Sendable {
        /// As it was made.
        case up
        /// Made, and something of it is missing.
        case incomplete
        /// Not made.
        case down
    }

    package struct Network: Encodable, Sendable {
        package let bridge: String
        package let state: State
        package let addresses: [String]
        package let mtu: UInt32
        package let ports: [String]
        /// Its leases that have not ended.
        package let leases: Int
        /// The process of its dnsmasq.
        package let dnsmasq: Int32?
        package let dnsPort: UInt16
        package let firewall: String?
        package let forwards: [String]
        package let reservations: Int
        /// What would be done to make it whole.
        package let missing: [String]
        /// Other programs' chains in its way, with what would mend it.
        package let foreign: [String]
    }

    package let networks: [Network]

    package var state: State {
        if networks.isEmpty || networks.allSatisfy({ $0.state == .down }) { return .down }
        return networks.allSatisfy { $0.state == .up } ? .up : .incomplete
    }

    package var json: String {
        String(decoding: encoded(self, pretty: true), as: UTF8.self)
    }

    package var text: String {
        guard !networks.isEmpty else { return "no network is up\n" }
        return networks.map(\.text).joined()
    }
}

extension Status.Network {
    fileprivate var text: String {
        let containers = ports.isEmpty ? "none" : ports.joined(separator: " ")
        let process = dnsmasq.map { "process \($0)" } ?? "not running"
        let dns = dnsPort == 0 ? ", no DNS" : ""
        var lines = ["\(bridge): \(state.rawValue)"]
        lines.append("  addresses: \(addresses.joined(separator: " "))")
        lines.append("  MTU: \(mtu)")
        lines.append("  containers: \(containers)")
        lines.append("  dnsmasq: \(process), \(leases) leases\(dns)")
        lines.append("  firewall: \(firewall ?? "no rules")")
        if !forwards.isEmpty { lines.append("  forwards: \(forwards.joined(separator: " "))") }
        if reservations > 0 { lines.append("  reservations: \(reservations)") }
        lines += missing.map { "  missing: \($0)" }
        lines += foreign.map { "  in the way: \($0)" }
        return lines.map { "\($0)\n" }.joined()
    }
}

extension Service {
    /// How the networks are that were made.
    package borrowing func status() throws -> Status {
        let record = try Record.load() ?? Record()
        let observer = try observer(record: record, readsIptables: Self.usesIptables(record))
        var warnings: [String] = []
        let foreign = foreignFirewalls(observer, record.networks.map(\.wanted), &warnings)
        let planner = Planner(observer.footing)
        var networks: [Status.Network] = []
        for entry in record.networks {
            let wanted = entry.wanted
            let seen = try observer.network(wanted.bridge, wanted: wanted, record: entry)
            let missing = planner.changes(to: wanted, from: seen, record: entry)
            networks.append(
                Status.Network(
                    bridge: wanted.bridge.description,
                    state: seen.interface == nil ? .down : missing.isEmpty ? .up : .incomplete,
                    addresses: seen.addresses.map(\.description), mtu: seen.interface?.mtu ?? 0,
                    ports: seen.ports.map(\.name.description), leases: Self.leases(wanted.bridge),
                    dnsmasq: seen.dnsmasq?.process, dnsPort: planner.dnsPort(wanted, seen),
                    firewall: seen.nftTable != nil
                        ? "nft table \(NftDialect.table(of: wanted.bridge))"
                        : entry.firewall?.dialect == .iptables
                            ? "iptables, comment \(IptablesDialect.tag(wanted.bridge))" : nil,
                    forwards: wanted.forwards.map(\.description),
                    reservations: wanted.dhcp.reservations.count,
                    missing: missing.map(\.description),
                    foreign: (foreign[wanted.bridge] ?? []).map { $0.warning(for: wanted.bridge) }
                        + warnings))
        }
        return Status(networks: networks)
    }

    /// dnsmasq writes a line for each, and takes it out when it has ended.
    private static func leases(_ bridge: BridgeName) -> Int {
        let bytes = (try? SmallFile.contents(of: Paths.leases(of: bridge))) ?? nil
        return (bytes ?? []).split(separator: 0x0a).count { !$0.starts(with: "duid".utf8) }
    }
}
