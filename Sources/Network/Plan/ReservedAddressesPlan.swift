internal import Identity
internal import Netlink
internal import Usernet

/// The list of hardware addresses that berth-nic gives to no other container: those of all
/// containers for which a network reserves an address.
extension ReservedAddresses {
    init(of networks: [DesiredNetwork]) {
        self.init(
            networks.flatMap { network -> [Entry] in
                guard !network.dhcp.isDisabled,
                    let bridge = UsernetBridge(network.bridge.description.utf8)
                else { return [] }
                return network.dhcp.reservations.compactMap(\.container).flatMap { nic in
                    nic.hardwareAddresses.compactMap { MACAddress(text: $0.utf8) }.map {
                        Entry(
                            bridge: bridge, address: $0,
                            holder: ContainerIdentity(
                                owner: nic.owner, name: nic.label.name, number: nic.label.number))
                    }
                }
            })
    }

    /// The change from the present contents of the file to these; `nil` if it has them.
    func change(from observed: String?) -> Change? {
        let desired = entries.isEmpty ? nil : String(decoding: text, as: UTF8.self)
        return observed == desired ? nil : .writeReservedAddresses(from: observed, to: desired)
    }
}
