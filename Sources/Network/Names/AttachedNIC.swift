package import Identity
package import Netlink

/// A NIC that berth-nic created, described by its host's end.
package struct AttachedNIC: Equatable, Sendable {
    package let label: ContainerLabel
    /// The first address of the container's end, which the container may have changed since.
    package let hardwareAddress: String
    package let index: Int32
    /// The name of the host's end.
    package let port: String

    package init(
        label: ContainerLabel, hardwareAddress: String, index: Int32, port: String = ""
    ) {
        self.label = label
        self.hardwareAddress = hardwareAddress
        self.index = index
        self.port = port
    }

    /// - Returns: `nil` for other interfaces, and for NICs of earlier versions.
    package init?(_ interface: Interface) {
        guard let address = interface.address,
            let own = HardwareBlock.containerAddress(ofHostEnd: address),
            let label = interface.alias.flatMap({ ContainerLabel(alias: $0) })
        else { return nil }
        self.init(
            label: label, hardwareAddress: own.description, index: interface.index.number,
            port: interface.description)
    }
}

extension Lease {
    /// Whether the client has an address that berth-nic gives.
    package var isOfContainer: Bool {
        guard let address = hardwareAddress.flatMap({ MACAddress(text: $0.utf8) }) else {
            return false
        }
        return HardwareBlock(containerAddress: address) != nil
    }
}
