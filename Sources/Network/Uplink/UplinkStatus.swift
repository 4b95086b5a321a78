internal import Netlink

/// The state of a network's uplink.
package struct UplinkStatus: Encodable, Equatable, Sendable {
    package let port: String
    /// The NIC that leads to the LAN; the same as ``port`` without a VLAN.
    package let nic: String
    /// `nil` if the port is the NIC itself.
    package let vlan: UInt16?
    package let isAttached: Bool
    package let isUp: Bool
    /// Whether the link to the switch works.
    package let hasCarrier: Bool
}

extension UplinkStatus {
    /// - Returns: `nil` if the network has no uplink.
    init?(_ network: DesiredNetwork, _ observed: ObservedNetwork) {
        guard let uplink = network.uplink else { return nil }
        let present = observed.uplinks.first { $0.uplink == uplink }
        port = uplink.port.description
        nic = uplink.nic.description
        vlan = uplink.vlan?.number
        let interface = present?.port
        isAttached =
            interface?.master != nil && interface?.master == observed.interface?.index
        let isUp = interface?.isUp ?? false
        self.isUp = isUp
        hasCarrier = isUp && interface?.hasCarrier ?? false
    }

    /// The port, and the VLAN that it carries.
    package var name: String { port + (vlan.map { ", VLAN \($0) of \(nic)" } ?? "") }

    /// Why no frame passes; `nil` if frames do.
    package var fault: String? {
        !isAttached ? "not attached" : !isUp ? "down" : hasCarrier ? nil : "no carrier"
    }

    var text: String { "\(name), \(fault ?? "link is up")" }
}
