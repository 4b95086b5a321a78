internal import Linux
internal import Network

/// Whether the addresses in the container's own files fit the network of its bridge, and whether
/// anything gives the container an address.
enum ContainerAddresses {
    /// - Parameter nics: those of the configuration, without the types empty and none.
    static func findings(_ nics: [ContainerNIC], _ facts: Facts) -> [Finding] {
        guard nics.count == 1, nics[0].type == "veth" else { return [] }
        return unset(nics[0], facts) + wrong(nics[0], facts)
    }

    private static func wrong(_ nic: ContainerNIC, _ facts: Facts) -> [Finding] {
        let name = nic.setting("name")?.value ?? "eth0"
        guard
            let network = facts.usedNetworks.first(where: { network in
                nic.link.map { $0 == network.bridge } ?? false
            }), let ipv4 = network.desired?.ipv4
        else { return [] }
        return facts.files.network.staticAddresses.compactMap { entry in
            guard entry.interface.matches(name), let address = IPv4Address(bytes: entry.address)
            else { return nil }
            let text = entry.place.text
            let own = ipv4.address
            if entry.isRouter {
                guard address != own,
                    !facts.packetPath.nics.contains(where: { $0.addresses4.contains(address) })
                else { return nil }
                return .problem(
                    text,
                    "it sends packets to the router \(address), which neither "
                        + "\(network.bridge) nor a container has, so the container reaches only "
                        + "other containers",
                    .advice("in the container, write \(own) as the gateway"))
            }
            guard address != own else {
                return .problem(
                    text, "it gives the container \(address), the address of \(network.bridge)",
                    .advice("give the container another address in \(ipv4.network)"))
            }
            guard !ipv4.network.contains(address) else { return nil }
            return .problem(
                text,
                "it gives the container the address \(address), which is not in "
                    + "\(ipv4.network), the range of \(network.bridge)",
                .advice(
                    "in the container, write an address of that range, and \(own) as the gateway; "
                        + "or use DHCP"))
        }
    }

    /// Nothing that the container's init starts can set up the NIC, and LXC does not either.
    private static func unset(_ nic: ContainerNIC, _ facts: Facts) -> [Finding] {
        // Files that set up a NIC are for a program that was not recognized.
        let network = facts.files.network
        guard facts.files.boot.configuresNetwork == false, network.names.isEmpty,
            !network.includesAny, nic.addresses.isEmpty,
            nic.setting("ipv6.address") == nil, facts.files.hooks.isEmpty,
            !facts.runningNICs.contains(where: { !$0.addresses4.isEmpty }),
            let place = facts.files.boot.steps.first?.place
        else { return [] }
        return [
            .warning(
                place.file.quoted,
                "neither this file nor the scripts that it runs start a DHCP client or set up "
                    + "\((nic.setting("name")?.value ?? "eth0").quoted), so the container gets no "
                    + "IPv4 address",
                .advice(
                    "start a DHCP client there, such as udhcpc -b; or set lxc.net.\(nic.index)"
                        + ".ipv4.address and lxc.net.\(nic.index).ipv4.gateway in "
                        + "\(facts.config.path.quoted)"))
        ]
    }
}
