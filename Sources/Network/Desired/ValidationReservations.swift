internal import Identity
internal import Linux

extension Validation {
    /// The reservations of LXC_DHCP_HOSTS (dnsmasq's dhcp-host).
    mutating func reservations(
        _ ipv4: Subnet<IPv4Address>, of bridge: BridgeName
    ) -> [Reservation] {
        let facts = facts
        let reservations = entries(.dhcpHosts) { text throws(InvalidEntry) in
            let reservation = try Reservation(text) { label throws(InvalidEntry) in
                try facts.identify(label, on: bridge)
            }
            try ipv4.check(reservation.address)
            return reservation
        }
        let unknown = reservations.filter { $0.container?.hardwareAddresses.isEmpty ?? false }
        if !unknown.isEmpty {
            warn(
                .dhcpHosts,
                "the addresses of \(unknown.map(\.client).joined(separator: ", ")) are not "
                    + "reserved, because \(facts.identityKeyProblem ?? "there is no key")")
        }
        return reservations
    }
}

extension HostFacts {
    /// - Throws: if no unprivileged user of that name exists.
    fileprivate func identify(
        _ label: ContainerLabel, on bridge: BridgeName
    ) throws(InvalidEntry) -> IdentifiedNIC {
        guard let owner = userID(label.user) else {
            throw InvalidEntry(
                "names the user \(printable(label.user)), who does not exist: correct the name")
        }
        guard owner != 0 else {
            throw InvalidEntry(
                "names a container of root, for which berth-nic creates no NICs: write the "
                    + "hardware address of the container instead")
        }
        return IdentifiedNIC(
            label: label, owner: owner,
            hardwareAddresses: hardwareAddresses(bridge, owner, label))
    }
}
