internal import Linux

extension NetworkStatus {
    /// What does not work without `berth-net run`.
    package static let withoutRun =
        "berth-net run is not running, so only start and reload restore what the network loses, "
        + "reattach NICs of containers, isolate new ports for LXC_ISOLATE, publish names and "
        + "release leases"

    /// The lines that `berth-net status` prints.
    var text: String {
        let attached = ports.map { port in
            let container = containers.first { $0.port == port }
            let details = container.map { [$0.container] + ($0.address.map { [$0] } ?? []) }
            return port + (details.map { " (\($0.joined(separator: ", ")))" } ?? "")
        }
        let process =
            dnsmasq.map { "process \($0)" } ?? (needsDnsmasq ? "not running" : "not needed")
        let dns = dnsPort == 0 ? ", no DNS" : ""
        var lines = ["\(bridge): \(state.rawValue)"]
        lines.append(
            "  addresses: \(addresses.isEmpty ? "none" : addresses.joined(separator: " "))")
        lines.append("  MTU: \(mtu)")
        lines.append("  containers: \(ports.isEmpty ? "none" : attached.joined(separator: " "))")
        if let tunnel {
            lines.append("  tunnel: \(tunnel.text)")
            let losses = tunnel.losses
            lines += losses.prefix(8).map { "  tunnel: \($0)" }
            if losses.count > 8 { lines.append("  tunnel: and \(losses.count - 8) more") }
        }
        if let uplink { lines.append("  uplink: \(uplink.text)") }
        lines.append("  dnsmasq: \(process), \(counted(leases ?? 0, "lease"))\(dns)")
        if let names { lines.append("  names: \(names.text)") }
        lines.append("  firewall: \(firewall ?? "no rules")")
        if let hostDNS { lines.append("  names on this host: resolved by \(hostDNS)") }
        if let hostDNSAdvice { lines.append("  names on this host: \(hostDNSAdvice)") }
        if let filteredNICs {
            lines.append(
                "  ipfilter: table \(AddressFilter.table), \(counted(filteredNICs, "NIC"))")
        }
        if let routing = desired?.routing?.sentence { lines.append("  routing: \(routing)") }
        if !forwards.isEmpty { lines.append("  forwards: \(forwards.joined(separator: " "))") }
        if reservations > 0 { lines.append("  reservations: \(reservations)") }
        if isMaintained == false { lines.append("  not maintained: \(Self.withoutRun)") }
        lines += missing.map { "  missing: \($0)" }
        lines += foreign.map { "  blocked by: \($0)" }
        return lines.map { "\($0)\n" }.joined()
    }
}
