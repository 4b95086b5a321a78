internal import Identity

extension Validation {
    /// The port forwards of LXC_FORWARDS (DNAT).
    mutating func forwards(
        _ ipv4: Subnet<IPv4Address>?, _ ipv6: Subnet<IPv6Address>?, _ dhcp: DesiredNetwork.DHCP
    ) -> [Forward] {
        let file = settings.file
        return entries(.forwards) { text throws(InvalidEntry) in
            let forward = try Forward(text) { label throws(InvalidEntry) in
                try dhcp.address(reservedFor: label, in: file)
            }
            switch forward.target {
            case .ipv4(let target):
                guard let ipv4 else {
                    throw InvalidEntry("forwards to an IPv4 address, but this network has no IPv4")
                }
                try ipv4.check(target)
            case .ipv6(let target):
                guard let ipv6 else {
                    throw InvalidEntry("forwards to an IPv6 address, but this network has no IPv6")
                }
                try ipv6.check(target)
            }
            return forward
        }
    }
}

extension DesiredNetwork.DHCP {
    /// - Throws: if the container has no reserved address; the message says how to fix this.
    fileprivate func address(
        reservedFor label: ContainerLabel, in file: String
    ) throws(InvalidEntry) -> IPv4Address {
        guard !isDisabled else {
            throw InvalidEntry(
                "leads to \(label), which gets no reserved address, because LXC_DHCP is false: "
                    + "write the address of the container instead")
        }
        if let found = reservations.first(where: { $0.container?.label == label }) {
            return found.address
        }
        let free = (first.number...max(first.number, last.number)).prefix(1 << 16)
            .map { IPv4Address(number: $0) }
            .first { address in !reservations.contains { $0.address == address } }
        throw InvalidEntry(
            "leads to \(label), which has no reserved address: "
                + "add \"\(label),\(free ?? first)\" to LXC_DHCP_HOSTS in \(file)")
    }
}
