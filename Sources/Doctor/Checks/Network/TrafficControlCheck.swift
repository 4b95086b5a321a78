internal import Netlink

/// Whether queueing disciplines and filters of tc(8) let the packets of containers pass.
enum TrafficControlCheck: Check {
    static let name = "traffic-control"
    static let appliesToRoot = true

    /// The Ethernet header, in bytes.
    private static let header: UInt64 = 14

    static func findings(_ facts: Facts) -> [Finding] {
        guard !facts.usedNetworks.isEmpty else { return [] }
        let names = Set(
            facts.usedNetworks.map(\.bridge) + facts.runningNICs.map(\.port)
                + facts.usedNetworks.flatMap { facts.packetPath.routes[$0.bridge] ?? [] }
                .compactMap(\.uplink))
        let control = facts.packetPath.trafficControl
        let findings =
            control.disciplines.filter { names.contains($0.interface) }.compactMap(finding)
            + control.filters.filter { names.contains($0.interface) }.compactMap(finding)
            + control.withXDP.filter(names.contains).map {
                .unknown(
                    $0,
                    "an XDP program sees each received frame before the firewall, and may drop "
                        + "it: see ip -details link show \($0)")
            }
        return findings.isEmpty
            ? [.ok("traffic control", "it lets packets of containers pass")] : findings
    }

    private static func finding(_ facts: TrafficControlFacts.Discipline) -> Finding? {
        let discipline = facts.discipline
        let place = "\(facts.interface), queueing discipline \(discipline.kind)"
        let show = "see tc -statistics qdisc show dev \(facts.interface)"
        let frame = UInt64(facts.mtu) + header
        if let largest = discipline.largestFrame, largest < frame {
            return .problem(
                place,
                "its burst is too small for frames of more than \(largest) bytes: it drops large "
                    + "packets",
                .advice(
                    "set its burst to \(frame) bytes or more, or remove it: see tc-tbf(8), and "
                        + show))
        }
        // A DHCP lease and a web page take seconds at this rate. berth-nic itself makes the
        // disciplines of NICs, whose rate lxc-usernet sets.
        if let rate = discipline.rate, rate < 16_000, !facts.interface.hasPrefix("veth") {
            return .warning(
                place,
                "it lets only \(rate * 8 / 1000) kbit/s pass, so connections of containers are "
                    + "very slow or time out",
                .advice("raise its rate, or remove it: \(show)"))
        }
        if discipline.loss >= 0.01 {
            let percent = Int((discipline.loss * 100).rounded())
            return .problem(
                place, "it is configured to lose \(percent)% of the packets",
                .advice("remove it, unless this is a test of a bad network: \(show)"))
        }
        if discipline.delay >= 100 {
            return .warning(
                place, "it is configured to delay packets by \(discipline.delay) ms",
                .advice("remove it, unless this is a test of a bad network: \(show)"))
        }
        // An overloaded link drops a far smaller share.
        let all = discipline.sent + discipline.dropped
        guard discipline.dropped >= 10, discipline.dropped > all / 2 else { return nil }
        return .warning(
            place, "it has dropped \(discipline.dropped) of \(all) packets",
            .advice("examine its configuration: \(show)"))
    }

    private static func finding(_ facts: TrafficControlFacts.Filter) -> Finding? {
        let filter = facts.filter
        guard filter.kind == "matchall" || filter.dropped > 0 else { return nil }
        let direction = filter.isIngress ? "receives" : "sends"
        let what =
            filter.kind == "matchall" ? "everything" : "\(filter.dropped) of the packets"
        let list =
            "tc filter show dev \(facts.interface) \(filter.isIngress ? "ingress" : "egress")"
        return Finding(
            filter.kind == "matchall" ? .problem : .warning,
            "\(facts.interface), filter \(filter.kind)",
            filter.kind == "matchall"
                ? "it drops \(what) that the interface \(direction)"
                : "it has dropped \(what) that the interface \(direction)",
            [.advice("examine it with \(list), and remove it, unless it is to drop these packets")])
    }
}
