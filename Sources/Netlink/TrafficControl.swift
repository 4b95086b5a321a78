internal import CNetlink
internal import Linux

/// A rate limit for the traffic in one direction.
package struct TrafficLimit: Equatable, Sendable {
    fileprivate let bytesPerSecond: UInt64

    package init(bitsPerSecond: UInt64) { bytesPerSecond = max(bitsPerSecond / 8, 1) }

    fileprivate func bytes(inMilliseconds time: UInt64, atLeast minimum: UInt64) -> UInt32 {
        UInt32(clamping: max(bytesPerSecond / 1000 * time, minimum))
    }

    /// The rate in the structures of the kernel, which hold up to 34 Gbit/s; see ``exact``.
    fileprivate var specification: tc_ratespec {
        var rate = tc_ratespec()
        rate.rate = UInt32(clamping: bytesPerSecond)
        // Without the link layer, the kernel takes it from a table of transmission times.
        rate.linklayer = UInt8(TC_LINKLAYER_ETHERNET.rawValue)
        rate.cell_log = 3
        rate.cell_align = -1
        return rate
    }

    /// The rate for the 64-bit attributes; `nil` if it fits into the structures.
    fileprivate var exact: UInt64? { bytesPerSecond > UInt32.max ? bytesPerSecond : nil }
}

// The interface is found by its index. The name is for the error message.
extension RouteSocket {
    /// Limits what an interface sends, with a token bucket filter (RTM_NEWQDISC): see tc-tbf(8).
    /// The queue holds the packets of a tenth of a second, but at least ten packets. Fails with
    /// ``Errno/ENOENT`` or ``Errno/EOPNOTSUPP`` if the kernel lacks the queueing discipline (qdisc)
    /// tbf.
    package borrowing func shape(
        _ name: InterfaceName, at index: InterfaceIndex, mtu: UInt32, to limit: TrafficLimit
    ) throws(NetlinkError) {
        // A packet with its Ethernet header and a VLAN tag. The kernel splits larger ones (GSO).
        let packet = UInt64(mtu) + 18
        let burst = limit.bytes(inMilliseconds: 20, atLeast: 2 * packet)
        var parameters = tc_tbf_qopt()
        parameters.rate = limit.specification
        parameters.limit = limit.bytes(inMilliseconds: 100, atLeast: 10 * packet)
        try add("limit what \(name) sends", RTM_NEWQDISC, disciplineHeader(index, TC_H_ROOT), "tbf")
        { message throws(Errno) in
            try message.put(Int(TCA_TBF_PARMS), structure: parameters)
            try message.put(Int(TCA_TBF_BURST), burst)
            if let rate = limit.exact { try message.put(Int(TCA_TBF_RATE64), rate) }
        }
    }

    /// Drops what an interface receives above a rate (RTM_NEWTFILTER: matchall with the action
    /// police). First add the ingress discipline with ``addIngress(to:at:)``. Fails with
    /// ``Errno/ENOENT`` if the kernel lacks the classifier matchall or the action police.
    package borrowing func police(
        _ name: InterfaceName, at index: InterfaceIndex, to limit: TrafficLimit
    ) throws(NetlinkError) {
        var header = tcmsg()
        header.tcm_ifindex = index.number
        header.tcm_parent = ingressHandle
        // The priority 1, and all protocols in network byte order.
        header.tcm_info = 1 << 16 | UInt32(UInt16(ETH_P_ALL).bigEndian)
        try add("limit what \(name) receives", RTM_NEWTFILTER, header, "matchall") {
            message throws(Errno) in
            try message.nest(Int(TCA_MATCHALL_ACT)) { () throws(Errno) in
                // The first action.
                try message.nest(1) { () throws(Errno) in
                    try message.put(Int(TCA_ACT_KIND), text: Array("police".utf8))
                    try message.nest(Int(TCA_ACT_OPTIONS)) { () throws(Errno) in
                        try message.put(policing: limit)
                    }
                }
            }
        }
    }

    /// Adds the queueing discipline ingress (RTM_NEWQDISC), which filters what an interface
    /// receives: see ``police``.
    package borrowing func addIngress(
        to name: InterfaceName, at index: InterfaceIndex
    ) throws(NetlinkError) {
        var header = disciplineHeader(index, TC_H_INGRESS)
        header.tcm_handle = ingressHandle
        try add("limit what \(name) receives", RTM_NEWQDISC, header, "ingress") { _ throws(Errno) in
        }
    }

    /// Adds a queueing discipline or filter.
    private borrowing func add(
        _ operation: String, _ type: Int, _ header: tcmsg, _ kind: String,
        _ options: (borrowing Message) throws(Errno) -> Void
    ) throws(NetlinkError) {
        try change(operation, type, NLM_F_CREATE | NLM_F_EXCL) { message throws(Errno) in
            try message.begin(header)
            try message.put(Int(TCA_KIND), text: Array(kind.utf8))
            try message.nest(Int(TCA_OPTIONS)) { () throws(Errno) in try options(message) }
        }
    }
}

/// The handle of the disciplines `ingress` and `clsact`.
let ingressHandle: UInt32 = 0xffff_0000

private func disciplineHeader(_ index: InterfaceIndex, _ parent: UInt32) -> tcmsg {
    var header = tcmsg()
    header.tcm_ifindex = index.number
    header.tcm_parent = parent
    return header
}

extension Message {
    /// The parameters of the action police.
    fileprivate borrowing func put(policing limit: TrafficLimit) throws(Errno) {
        // A sender may hand over 64 KiB at once (GSO), which would never pass a smaller burst.
        let burst = limit.bytes(inMilliseconds: 100, atLeast: 128 << 10)
        var parameters = tc_police()
        parameters.action = TC_ACT_SHOT
        parameters.rate = limit.specification
        // The time that the burst takes.
        let time = UInt64(burst) * 1_000_000_000 / limit.bytesPerSecond / trafficControlTick
        parameters.burst = UInt32(clamping: time)
        // The MTU: packets of any size.
        parameters.mtu = .max
        try put(Int(TCA_POLICE_TBF), structure: parameters)
        // The kernel demands a table of transmission times, and has not read it since Linux 3.8.
        try put(Int(TCA_POLICE_RATE), [UInt8](repeating: 0, count: Int(TC_RTAB_SIZE)))
        if let rate = limit.exact { try put(Int(TCA_POLICE_RATE64), rate) }
    }
}
