internal import CNetlink
internal import Linux

extension RouteSocket {
    /// Makes a port of a VLAN-aware bridge (vlan_filtering) an access port: its frames are
    /// untagged, and belong to this VLAN and no other (IFLA_BRIDGE_VLAN_INFO, as `bridge vlan`).
    /// - Parameter vlan: from 1 to 4094.
    package borrowing func setAccessVLAN(
        _ vlan: UInt16, of name: InterfaceName, at index: InterfaceIndex
    ) throws(NetlinkError) {
        // The bridge has added the port to its default VLAN, if it has one. A range of VLANs may
        // contain some of which the port is not a member.
        try change("remove \(name) from the bridge's default VLAN", RTM_DELLINK) {
            message throws(Errno) in
            try message.begin(bridgePortHeader(index))
            try message.nest(Int(IFLA_AF_SPEC)) { () throws(Errno) in
                try message.put(vlan: 1, flags: BRIDGE_VLAN_INFO_RANGE_BEGIN)
                try message.put(vlan: 4094, flags: BRIDGE_VLAN_INFO_RANGE_END)
            }
        }
        try change("add \(name) to VLAN \(vlan)", RTM_SETLINK) { message throws(Errno) in
            try message.begin(bridgePortHeader(index))
            try message.nest(Int(IFLA_AF_SPEC)) { () throws(Errno) in
                try message.put(
                    vlan: vlan, flags: BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED)
            }
        }
    }
}

extension RouteSocket {
    /// Whether bridges of this kernel can forward by VLAN (IFLA_BR_VLAN_FILTERING). Changes
    /// nothing.
    package borrowing func supportsVLANFiltering() throws(NetlinkError) -> Bool {
        try loadBridgeDriver()
        // A request that always fails: because of its invalid VLAN if the kernel checks VLANs,
        // otherwise because its name is in use.
        do throws(NetlinkError) {
            try change("query VLAN filtering", RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL) {
                message throws(Errno) in
                try message.begin(linkHeader(InterfaceIndex(0)))
                try message.put(Int(IFLA_IFNAME), text: Array("lo".utf8))
                try message.nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
                    try message.put(Int(IFLA_INFO_KIND), text: Array("bridge".utf8))
                    try message.nest(Int(IFLA_INFO_DATA)) { () throws(Errno) in
                        try message.put(Int(IFLA_BR_VLAN_DEFAULT_PVID), UInt16(4095))
                    }
                }
            }
            return false
        } catch {
            switch error.errno {
            case .EINVAL: return true
            case .EEXIST: return false
            default: throw error
            }
        }
    }

    /// Makes the kernel load its bridge driver, by a request (RTM_NEWLINK) that the driver refuses:
    /// no interface may have a multicast address.
    private borrowing func loadBridgeDriver() throws(NetlinkError) {
        do throws(NetlinkError) {
            try change("load the bridge driver", RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL) {
                message throws(Errno) in
                try message.begin(linkHeader(InterfaceIndex(0)))
                try message.put(Int(IFLA_ADDRESS), [1, 0, 0, 0, 0, 0])
                try message.nest(Int(IFLA_LINKINFO)) { () throws(Errno) in
                    try message.put(Int(IFLA_INFO_KIND), text: Array("bridge".utf8))
                }
            }
        } catch  where error.errno == .EADDRNOTAVAIL {}
    }
}

extension Message {
    fileprivate borrowing func put(vlan: UInt16, flags: Int32) throws(Errno) {
        let info = bridge_vlan_info(flags: UInt16(flags), vid: vlan)
        try put(Int(IFLA_BRIDGE_VLAN_INFO), structure: info)
    }
}

private func bridgePortHeader(_ index: InterfaceIndex) -> ifinfomsg {
    var header = linkHeader(index)
    header.ifi_family = UInt8(PF_BRIDGE)
    return header
}
