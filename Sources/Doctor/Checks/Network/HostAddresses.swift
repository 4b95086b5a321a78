internal import Linux
internal import Netlink
internal import Network

/// Addresses of this host that are in the range of a network, but not on its bridge: packets to
/// them stay on this host.
enum HostAddresses {
    static func findings(_ network: NetworkStatus, _ facts: Facts) -> [Finding] {
        guard let ipv4 = network.desired?.ipv4 else { return [] }
        let own = facts.network.interfaces.first { $0.description == network.bridge }?.index
        return facts.network.addresses.compactMap { entry in
            // A shorter prefix is another network with the same range: see Routes.
            guard entry.interface != own, entry.prefixLength == 32,
                let address = IPv4Address(bytes: entry.bytes),
                ipv4.network.contains(address),
                let name = facts.network.interfaces.first(where: { $0.index == entry.interface })?
                    .description
            else { return nil }
            let fix = Fix.command("ip address del \(address)/32 dev \(quoted(name))", by: .root)
            let nic = facts.packetPath.nics.first { $0.addresses4.contains(address) }
            guard address == ipv4.address || nic != nil else {
                return .warning(
                    name,
                    "it has the address \(address), which is in the range \(ipv4.network) "
                        + "of \(network.bridge): a container that gets this address cannot be "
                        + "reached",
                    .advice("unless a program of this host needs the address there:"), fix)
            }
            let other = nic.map { "\($0.place)" } ?? network.bridge
            return .problem(
                name,
                "it has the address \(address), which \(other) has, too, so this host takes "
                    + "packets to the container for its own", fix)
        }
    }
}
