internal import Linux
internal import Network

/// Whether the largest packets of containers fit into the packets that carry them to other hosts,
/// computed from the MTUs.
enum TunnelSizes {
    static func findings(
        _ tunnel: TunnelStatus, _ desired: Tunnel, _ network: NetworkStatus, _ facts: Facts,
        _ place: String
    ) -> [Finding] {
        let overhead = Tunnel.overhead(isIPv6: desired.local.isIPv6)
        guard let underlay = tunnel.underlayMTU, underlay > overhead else { return [] }
        let limit = underlay - overhead
        var larger: [String] = []
        if network.mtu > limit { larger.append("\(network.bridge) has \(network.mtu)") }
        if let port = tunnel.interface, port.mtu > limit {
            larger.append("\(port.description) has \(port.mtu)")
        }
        guard !larger.isEmpty else { return [] }
        let nics = facts.joinedNICs.filter {
            $0.attachedTo == network.bridge && ($0.inside?.mtu ?? $0.mtu) > limit
        }
        if let largest = nics.map({ max($0.mtu, $0.inside?.mtu ?? 0) }).max() {
            larger.append(
                nics.count == 1
                    ? "the NIC of \(nics[0].place) has \(largest)"
                    : "the NICs of \(nics.count) containers have up to \(largest)")
        }
        return [
            Finding(
                .problem, place,
                "the path to the other hosts has an MTU of \(underlay), which leaves \(limit) "
                    + "after the headers of VXLAN, but \(listed(larger)): larger packets to other "
                    + "hosts are refused, fragmented or lost",
                fixes(network, limit, hasNICs: !nics.isEmpty))
        ]
    }

    static func fixes(_ network: NetworkStatus, _ limit: UInt32, hasNICs: Bool) -> [Fix] {
        if limit < 1280, network.desired?.ipv6 != nil {
            return [
                .advice(
                    "raise the MTU of the path: IPv6 needs at least 1280 bytes for the packets of "
                        + "containers")
            ]
        }
        var fixes = [Tunnels.reload]
        // Otherwise the settings, or the MTU of the interface, already lead to a smaller one.
        if network.wanted.map({ $0.mtu > limit }) ?? false {
            let line = "LXC_BRIDGE_MTU=\"\(limit)\""
            fixes.insert(
                network.settingsFile.map { .line(line, to: $0, by: .root) }
                    ?? .advice("write \(line) in the settings of \(network.bridge)"), at: 0)
            fixes.append(.advice("do the same on the other hosts, or raise the MTU of the path"))
        }
        if hasNICs {
            fixes.append(
                .advice(
                    "start the containers again, or renew their DHCP leases, which announce the "
                        + "MTU"))
        }
        return fixes
    }
}

/// What the peers of a tunnel answered to packets of the full size.
enum TunnelProbes {
    static func findings(
        _ desired: Tunnel, _ network: NetworkStatus, _ found: TunnelFacts, _ place: String
    ) -> [Finding] {
        guard let probes = found.probes else { return [] }
        let overhead = Tunnel.overhead(isIPv6: desired.local.isIPv6)
        var findings: [Finding] = []
        // Lost hosts have been reported.
        let lost = Set((network.tunnel?.paths ?? []).filter(\.isLost).map(\.address))
        var silent: [UnderlayAddress] = []
        var errors: [(error: Errno, peers: [UnderlayAddress])] = []
        for probe in probes where !lost.contains(probe.peer) {
            switch probe.outcome {
            case .unanswered(nil), .unanswered(.EHOSTUNREACH?): silent.append(probe.peer)
            case .unanswered(let error?):
                if let position = errors.firstIndex(where: { $0.error == error }) {
                    errors[position].peers.append(probe.peer)
                } else {
                    errors.append((error, [probe.peer]))
                }
            case .passed, .passedUpTo: break
            }
        }
        if !silent.isEmpty {
            findings.append(
                .warning(
                    place, "\(TunnelPeers.list(silent)) did not answer a ping within a second",
                    .advice(
                        "start the host, correct the path to it, or, if its firewall drops pings, "
                            + "accept these from \(desired.local)")))
        }
        findings += errors.map { entry in
            .warning(
                place,
                "pings to \(TunnelPeers.list(entry.peers)) cannot be sent "
                    + "(\(entry.error.description))",
                .advice("accept ICMP echo requests in the output of this host's firewall"))
        }
        let sizes = Dictionary(
            grouping: probes.compactMap { probe -> (peer: UnderlayAddress, size: Int)? in
                guard case .passedUpTo(let size) = probe.outcome else { return nil }
                return (probe.peer, size)
            }, by: \.size)
        for (size, peers) in sizes.sorted(by: { $0.key < $1.key }) {
            let wanted = probes.first?.size ?? 0
            let limit = UInt32(max(0, size - Int(overhead)))
            findings.append(
                Finding(
                    .problem, place,
                    "packets of \(wanted) bytes, which carry frames of the MTU \(network.mtu) of "
                        + "\(network.bridge), do not reach \(TunnelPeers.list(peers.map(\.peer))): "
                        + "the largest that passes has \(size) bytes, which leaves \(limit) after "
                        + "the headers of VXLAN",
                    TunnelSizes.fixes(network, limit, hasNICs: true)))
        }
        return findings
    }
}
