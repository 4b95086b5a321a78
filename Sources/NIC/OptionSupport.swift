internal import Linux
internal import Netlink
internal import Usernet

extension Bridge {
    /// Refuses options of a line that cannot be enforced on this bridge.
    func requireSupport(for entry: UsernetEntry, on name: UsernetBridge) throws(Refusal) {
        let options = entry.options
        func refuse(_ names: [String]) throws(Refusal) {
            guard names.isEmpty else {
                throw .optionNeedsBridge(
                    line: entry.line, options: names, bridge: name.description)
            }
        }
        var forLinuxBridges: [String] = []
        if options.isIsolated { forLinuxBridges.append("isolated") }
        if options.filtersAddress {
            forLinuxBridges.append(options.filtersIPAddresses ? "ipfilter" : "macfilter")
        }
        switch self {
        case .linux(_, _, let vlans):
            guard options.vlan != nil else { return }
            switch vlans {
            case .active: break
            case .inactive:
                throw .bridgeIgnoresVLANs(line: entry.line, bridge: name.description)
            case .unknownToKernel:
                throw .optionUnknownToKernel(line: entry.line, option: "vlan")
            }
        case .openVSwitch:
            if options.rate != nil { forLinuxBridges.append("rate") }
            try refuse(forLinuxBridges)
        case .none:
            if options.vlan != nil { forLinuxBridges.append("vlan") }
            try refuse(forLinuxBridges)
        }
    }
}

extension Create {
    /// Puts the port into the VLAN of its line (IFLA_BRIDGE_VLAN_INFO). Static entries of the
    /// forwarding table (FDB) belong to a VLAN, so they are added afterwards.
    borrowing func setVLAN(_ host: Interface, _ made: CreatedNIC) throws(Refusal) {
        guard let vlan = made.options.vlan, case .linux = session.bridge else { return }
        try netlink { () throws(NetlinkError) in
            try session.kernel.setAccessVLAN(vlan, of: made.pair.host, at: host.index)
        }
    }

    /// Limits the traffic in both directions before the NIC is up (tc(8): tbf and an ingress
    /// policer).
    borrowing func setRate(_ host: Interface, _ made: CreatedNIC) throws(Refusal) {
        guard let rate = made.options.rate else { return }
        let (name, index) = (made.pair.host, host.index)
        try scheduler("sch_tbf", made) { () throws(NetlinkError) in
            try session.kernel.shape(
                name, at: index, mtu: host.mtu, to: TrafficLimit(bitsPerSecond: rate.down))
        }
        guard let up = rate.up else { return }
        try scheduler("sch_ingress", made) { () throws(NetlinkError) in
            try session.kernel.addIngress(to: name, at: index)
        }
        try scheduler("cls_matchall and act_police", made) { () throws(NetlinkError) in
            try session.kernel.police(name, at: index, to: TrafficLimit(bitsPerSecond: up))
        }
    }

    /// - Parameter module: the kernel module whose absence makes the request fail.
    private borrowing func scheduler(
        _ module: String, _ made: CreatedNIC, _ request: () throws(NetlinkError) -> Void
    ) throws(Refusal) {
        do throws(NetlinkError) { try request() } catch {
            guard error.errno == .ENOENT || error.errno == .EOPNOTSUPP else {
                throw .kernel(error)
            }
            throw .schedulerMissing(line: made.line, module: module)
        }
    }
}
