internal import Linux
internal import Network

/// Whether this host gives a name of one of the user's containers to another address: dnsmasq then
/// answers with both, or with the other one.
enum HostNameClashes: Check {
    static let name = "host-names"

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            guard let desired = network.desired, network.dnsPort != 0, desired.dns.managesNames,
                let domain = desired.dns.domain
            else { return [] }
            let names = names(in: domain, facts)
            guard !names.isEmpty else { return [] }
            let addresses = facts.packetPath.nics.flatMap(\.addresses4).map(\.description)
            return facts.packetPath.hosts.compactMap { entry in
                guard let name = entry.names.first(where: { names.contains($0) }),
                    !addresses.contains(entry.address), !entry.address.hasPrefix("127."),
                    entry.address != "::1",
                    !desired.dhcp.reservations.contains(where: {
                        $0.address.description == entry.address
                    })
                else { return nil }
                return .warning(
                    "\(HostsFileEntry.path):\(entry.line)",
                    "the line gives \(UntrustedText(name).quoted), a name of a container, the "
                        + "address \(UntrustedText(entry.address).quoted), and DNS on "
                        + "\(network.bridge) answers with it",
                    .advice(
                        "as root, remove the name from that line, and run berth-net reload: DNS on "
                            + "\(network.bridge) knows the names of containers without it"))
            }
        }
    }

    /// The names of the examined container, or of all containers of the user.
    private static func names(in domain: String, _ facts: Facts) -> Set<String> {
        let user = DNSLabel.of(facts.target.account.name)
        let containers =
            facts.target.container.map { [$0] }
            ?? (facts.containers ?? []).filter { $0.bytes.first != 0x2e }
        return Set(
            containers.compactMap { DNSLabel.of($0.bytes) }.flatMap { label in
                [label, "\(label).\(domain)"] + (user.map { ["\(label).\($0).\(domain)"] } ?? [])
            })
    }
}
