/// What a line of lxc-usernet grants to a NIC, as the group of its host's end (IFLA_GROUP).
///
/// The kernel sets the group when it creates the interface, and keeps it if the bridge is removed.
/// Firewall rules match it, and nothing that a container sends can change it.
package struct PortGrant: Equatable, Sendable {
    /// The access VLAN, 1 to 4094; `nil` without one.
    package var vlan: UInt16?
    package var isIsolated = false
    /// `macfilter`.
    package var filtersHardwareAddress = false
    /// `ipfilter`, which implies ``filtersHardwareAddress``.
    package var filtersAddresses = false

    package init() {}

    /// Bits 31 to 24 of each group of a NIC of berth-nic.
    package static let tag: UInt32 = 0xbe00_0000
    package static let tagMask: UInt32 = 0xff00_0000
    package static let isolated: UInt32 = 1 << 0
    package static let macfilter: UInt32 = 1 << 1
    package static let ipfilter: UInt32 = 1 << 2
    private static let vlanShift: UInt32 = 12

    package var group: UInt32 {
        var group = Self.tag | (UInt32(vlan ?? 0) & 0xfff) << Self.vlanShift
        if isIsolated { group |= Self.isolated }
        if filtersHardwareAddress { group |= Self.macfilter }
        if filtersAddresses { group |= Self.ipfilter }
        return group
    }

    /// - Returns: `nil` if the interface is not a NIC of berth-nic, or one of an older version.
    package init?(group: UInt32) {
        guard group & Self.tagMask == Self.tag else { return nil }
        let vlan = UInt16(group >> Self.vlanShift & 0xfff)
        self.vlan = vlan == 0 ? nil : vlan
        isIsolated = group & Self.isolated != 0
        filtersHardwareAddress = group & Self.macfilter != 0
        filtersAddresses = group & Self.ipfilter != 0
    }
}
