package import Identity

/// Settings name a container's NIC by its label.
extension ContainerLabel: Hashable, StringCodable {
    package init?(_ text: String) { self.init(text.utf8) }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

/// The NIC that a label names, with the user ID of its owner and the hardware addresses that
/// berth-nic gives it, which are known before the container runs.
package struct IdentifiedNIC: Hashable, Codable, Sendable {
    package let label: ContainerLabel
    package let owner: UInt32
    /// One in each ``HardwareBlock``; none without the key.
    package let hardwareAddresses: [String]

    package init(label: ContainerLabel, owner: UInt32, hardwareAddresses: [String]) {
        self.label = label
        self.owner = owner
        self.hardwareAddresses = hardwareAddresses
    }
}
