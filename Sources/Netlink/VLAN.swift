internal import CNetlink
internal import Linux

extension RouteSocket {
    /// Creates an interface for a VLAN of another one (IEEE 802.1Q). It is down, and has the
    /// hardware address of the other one.
    /// - Parameter number: from 1 to 4094.
    /// - Parameter group: IFLA_GROUP, which the kernel sets when it creates the interface.
    package borrowing func createVLAN(
        _ name: InterfaceName, _ number: UInt16, of parent: InterfaceIndex, group: UInt32
    ) throws(NetlinkError) {
        try createLink("create \(name)", name.bytes, kind: "vlan") { message throws(Errno) in
            try message.put(Int(IFLA_LINK), parent.number)
            try message.put(Int(IFLA_GROUP), group)
        } data: { message throws(Errno) in
            try message.put(Int(IFLA_VLAN_ID), number)
        }
    }

    /// Whether this kernel supports VLAN interfaces (CONFIG_VLAN_8021Q). Changes nothing, but may
    /// load the module.
    package borrowing func supportsVLANs() throws(NetlinkError) -> Bool {
        // This request always fails: with VLAN support, the kernel refuses it because it names no
        // VLAN, and otherwise because the name lo is in use.
        do throws(NetlinkError) {
            try createLink("query VLANs", Array("lo".utf8), kind: "vlan")
            return false
        } catch {
            switch error.errno {
            case .EINVAL: return true
            case .EEXIST, .EOPNOTSUPP: return false
            default: throw error
            }
        }
    }
}
