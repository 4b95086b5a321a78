internal import JSONOutput
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

    /// The rules that are wanted against those that are there.
    package enum FirewallState: String, Encodable, Sendable {
        case asWanted = "as wanted"
        case differs
        /// Neither wanted nor there.
        case none
        case notVisible = "not visible"
    }

    package struct Network: Encodable, Sendable {
        package let bridge: String
        package let state: State
        package let addresses: [String]
        package let mtu: UInt32
        package let ports: [String]
        /// Those that dnsmasq has written down; `nil` if whoever asks may not read them.
        package let leases: Int?
        /// The process of its dnsmasq.
        package let dnsmasq: Int32?
        package let dnsPort: UInt16
        package let firewall: String?
        package let firewallState: FirewallState
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

    package var json: String { jsonText(self, escapesSlashes: true) }

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
        lines.append("  dnsmasq: \(process), \(leases ?? 0) leases\(dns)")
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
    package borrowing func status() throws -> Status { try status(asRoot: true) }

    /// The same as far as whoever asks may see it.
    package static func visibleStatus() throws -> Status {
        try Service(tools: try HostTools.open()).status(asRoot: isRoot)
    }

    private borrowing func status(asRoot: Bool) throws -> Status {
        let record = try Record.load() ?? Record()
        let observer = try Observer(
            tools, record: record, readsIptables: Self.usesIptables(record), asRoot: asRoot)
        var warnings: [String] = []
        let foreign =
            asRoot ? foreignFirewalls(observer, record.networks.map(\.wanted), &warnings) : [:]
        let planner = Planner(observer.capabilities)
        var networks: [Status.Network] = []
        for entry in record.networks {
            let wanted = entry.wanted
            let bridge = wanted.bridge
            let seen = try observer.network(bridge, wanted: wanted, record: entry)
            let missing = planner.changes(to: wanted, from: seen, record: entry)
                .filter { asRoot || $0.isPlainToSee }
            networks.append(
                Status.Network(
                    bridge: bridge.description,
                    state: seen.interface == nil ? .down : missing.isEmpty ? .up : .incomplete,
                    addresses: seen.addresses.map(\.description), mtu: seen.interface?.mtu ?? 0,
                    ports: seen.ports.map(\.name.description),
                    leases: Leases.of(bridge)?.count, dnsmasq: seen.dnsmasq?.process,
                    dnsPort: asRoot ? planner.dnsPort(wanted, seen) : entry.dnsPort,
                    firewall: Self.firewall(entry, seen),
                    firewallState: !asRoot
                        ? .notVisible
                        : missing.contains { $0.isFirewall(of: bridge) }
                            ? .differs : entry.firewall == nil ? .none : .asWanted,
                    forwards: wanted.forwards.map(\.description),
                    reservations: wanted.dhcp.reservations.count,
                    missing: missing.map(\.description),
                    foreign: (foreign[bridge] ?? []).map { $0.warning(for: bridge) } + warnings))
        }
        return Status(networks: networks)
    }

    /// Where its rules are, for people.
    private static func firewall(_ entry: Record.Entry, _ seen: ObservedNetwork) -> String? {
        let bridge = entry.wanted.bridge
        if seen.nftTable != nil { return "nft table \(NftDialect.table(of: bridge))" }
        return entry.firewall?.dialect == .iptables
            ? "iptables, comment \(IptablesDialect.tag(bridge))" : nil
    }
}
