internal import CNetlink
internal import Linux

/// What a queueing discipline (qdisc) does with the packets of an interface: see tc(8).
package struct QueueingDiscipline: Equatable, Sendable {
    package let interface: InterfaceIndex
    /// `fq_codel`, `tbf`, `netem` and so on.
    package let kind: String
    /// The largest frame in bytes that a token bucket filter (tbf) sends; `nil` for other kinds.
    package var largestFrame: UInt64?
    /// In bytes per second, of a token bucket filter or of a class of htb; `nil` for other kinds.
    package var rate: UInt64?
    /// The share of packets that netem loses, from 0 to 1.
    package var loss = 0.0
    /// The delay of netem in milliseconds.
    package var delay: UInt64 = 0
    /// The packets since the discipline was added.
    package var sent: UInt64 = 0
    package var dropped: UInt64 = 0

    package init(interface: InterfaceIndex, kind: String) {
        self.interface = interface
        self.kind = kind
    }
}

/// A filter of tc(8) that drops what an interface receives or sends.
package struct DroppingFilter: Equatable, Sendable {
    package let interface: InterfaceIndex
    package let isIngress: Bool
    /// `matchall`, `flower` and so on.
    package let kind: String
    /// The packets that it has dropped.
    package let dropped: UInt64

    package init(interface: InterfaceIndex, isIngress: Bool, kind: String, dropped: UInt64) {
        self.interface = interface
        self.isIngress = isIngress
        self.kind = kind
        self.dropped = dropped
    }
}

extension RouteSocket {
    /// The queueing disciplines of all interfaces, including child disciplines.
    package borrowing func queueingDisciplines() throws(NetlinkError) -> [QueueingDiscipline] {
        try list("list the queueing disciplines", RTM_GETQDISC, tcmsg()) {
            (header: tcmsg, attributes) -> QueueingDiscipline? in
            QueueingDiscipline(header, attributes)
        }
    }

    /// The leaf classes of hierarchical token buckets (htb) of an interface, as disciplines whose
    /// rate is the ceiling of the class.
    package borrowing func tokenBuckets(
        of interface: InterfaceIndex
    ) throws(NetlinkError) -> [QueueingDiscipline] {
        var request = tcmsg()
        request.tcm_ifindex = interface.number
        return try list("list the classes of traffic control", RTM_GETTCLASS, request) {
            (header: tcmsg, attributes) -> QueueingDiscipline? in
            // An inner class has a level above 0.
            guard attributes.text(Int(TCA_KIND)) == Array("htb".utf8),
                let options = attributes.nested(Int(TCA_OPTIONS)),
                let parameters = options.structure(Int(TCA_HTB_PARMS), as: tc_htb_opt.self),
                parameters.level == 0
            else { return nil }
            var bucket = QueueingDiscipline(interface: interface, kind: "htb")
            bucket.rate =
                options.number(Int(TCA_HTB_CEIL64), as: UInt64.self)
                ?? UInt64(parameters.ceil.rate)
            return bucket
        }
    }

    /// The filters that drop packets which an interface receives or sends.
    package borrowing func droppingFilters(
        of interface: InterfaceIndex
    ) throws(NetlinkError) -> [DroppingFilter] {
        var filters: [DroppingFilter] = []
        // Of the discipline `ingress`, and of both directions of `clsact`.
        for (parent, isIngress) in [
            (ingressHandle, true), (ingressHandle | UInt32(TC_H_MIN_INGRESS), true),
            (ingressHandle | UInt32(TC_H_MIN_EGRESS), false),
        ] {
            var request = tcmsg()
            request.tcm_ifindex = interface.number
            request.tcm_parent = parent
            filters += try list("list the filters", RTM_GETTFILTER, request) {
                (header: tcmsg, attributes) -> DroppingFilter? in
                guard header.tcm_ifindex == interface.number, header.tcm_parent == parent else {
                    return nil
                }
                return DroppingFilter(interface, isIngress, attributes)
            }
        }
        return filters
    }

    /// The interfaces with a program that sees each received frame first (XDP).
    package borrowing func interfacesWithXDP() throws(NetlinkError) -> [InterfaceIndex] {
        try list("list the network interfaces", RTM_GETLINK, ifinfomsg()) {
            (header: ifinfomsg, attributes) -> InterfaceIndex? in
            let program = attributes.nested(Int(IFLA_XDP))
            return program?.number(Int(IFLA_XDP_ATTACHED), as: UInt8.self) ?? 0 != 0
                ? InterfaceIndex(header.ifi_index) : nil
        }
    }
}

/// The unit of times in the kernel's structures for traffic control, in nanoseconds.
let trafficControlTick: UInt64 = 64

extension QueueingDiscipline {
    fileprivate init?(_ header: tcmsg, _ attributes: Attributes) {
        guard let kind = attributes.text(Int(TCA_KIND)) else { return nil }
        self.init(
            interface: InterfaceIndex(header.tcm_ifindex),
            kind: String(decoding: kind, as: UTF8.self))
        let statistics = attributes.nested(Int(TCA_STATS2))
        (sent, dropped) = statistics?.packets ?? (0, 0)
        switch self.kind {
        case "tbf":
            let options = attributes.nested(Int(TCA_OPTIONS))
            guard let parameters = options?.structure(Int(TCA_TBF_PARMS), as: tc_tbf_qopt.self)
            else { return }
            let rate =
                options?.number(Int(TCA_TBF_RATE64), as: UInt64.self)
                ?? UInt64(parameters.rate.rate)
            self.rate = rate
            // The kernel keeps the burst as the time that it takes.
            let time = UInt64(parameters.buffer) * trafficControlTick
            let (bytes, overflows) = rate.multipliedReportingOverflow(by: time)
            // The time is rounded down.
            if !overflows { largestFrame = bytes / 1_000_000_000 + 2 }
        case "netem":
            guard let bytes = attributes[Int(TCA_OPTIONS)],
                bytes.count >= MemoryLayout<tc_netem_qopt>.size
            else { return }
            func word(_ position: Int) -> UInt64 {
                (0..<4).reduce(0) { $0 | UInt64(bytes[4 * position + $1]) << ($1 * 8) }
            }
            (delay, loss) = (
                word(0) * trafficControlTick / 1_000_000, Double(word(2)) / Double(UInt32.max)
            )
        default: break
        }
    }
}

extension Attributes {
    /// The packets that statistics count as sent and as dropped.
    fileprivate var packets: (sent: UInt64, dropped: UInt64) {
        func word(_ attribute: Int, _ offset: Int) -> UInt64 {
            guard let bytes = self[attribute], bytes.count >= offset + 4 else { return 0 }
            return (0..<4).reduce(0) { $0 | UInt64(bytes[offset + $1]) << ($1 * 8) }
        }
        // TCA_STATS_BASIC and TCA_STATS_QUEUE of linux/gen_stats.h: the packets after 64 bits for
        // the bytes, the drops after the length of the queue and its bytes.
        return (word(1, 8), word(3, 8))
    }
}

extension DroppingFilter {
    fileprivate init?(
        _ interface: InterfaceIndex, _ isIngress: Bool, _ attributes: Attributes
    ) {
        guard let name = attributes.text(Int(TCA_KIND)) else { return nil }
        let kind = String(decoding: name, as: UTF8.self)
        // The attribute with the actions.
        let positions = [
            "matchall": Int(TCA_MATCHALL_ACT), "u32": Int(TCA_U32_ACT),
            "flower": Int(TCA_FLOWER_ACT), "basic": Int(TCA_BASIC_ACT), "fw": Int(TCA_FW_ACT),
        ]
        guard let position = positions[kind],
            let actions = attributes.nested(Int(TCA_OPTIONS))?.nested(position)
        else { return nil }
        // Later actions do not run after one that drops the packet.
        for number in 1...8 {
            guard let action = actions.nested(number),
                action.text(Int(TCA_ACT_KIND)) == Array("gact".utf8),
                let parameters = action.nested(Int(TCA_ACT_OPTIONS))?
                    .structure(Int(TCA_GACT_PARMS), as: tc_gact.self),
                parameters.action == TC_ACT_SHOT
            else { continue }
            self.init(
                interface: interface, isIngress: isIngress, kind: kind,
                dropped: action.nested(Int(TCA_ACT_STATS))?.packets.dropped ?? 0)
            return
        }
        return nil
    }
}
