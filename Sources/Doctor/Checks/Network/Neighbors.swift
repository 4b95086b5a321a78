internal import Linux
internal import Netlink
internal import Network

/// Whether entries that an administrator or a program added to the kernel's tables of neighbors and
/// of bridge ports contradict the NICs of running containers.
enum Neighbors: Check {
    static let name = "neighbors"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let entries = Dictionary(grouping: facts.packetPath.staticForwarding, by: \.hardwareAddress)
        let findings = facts.runningNICs.flatMap { nic in
            neighbors(nic, facts) + forwarding(nic, entries)
        }
        return findings.isEmpty && !facts.runningNICs.isEmpty
            ? [.ok("neighbors", "no permanent entry contradicts a container's NIC")] : findings
    }

    private static func neighbors(_ nic: ContainerNICFacts, _ facts: Facts) -> [Finding] {
        guard let own = nic.inside?.hardwareAddress, let bridge = nic.attachedTo else { return [] }
        return facts.packetPath.permanentNeighbors.filter {
            $0.interface == bridge && nic.inside?.addresses.contains($0.address) ?? false
                && $0.hardwareAddress != own
        }.map { entry in
            let address = IPRange.text(entry.address)
            return .problem(
                nic.place,
                "a permanent entry in this host's neighbor table (ARP) maps \(address) to "
                    + "\(entry.hardwareAddress), but the container has \(own), so this host's "
                    + "packets do not reach it",
                .command("ip neigh delete \(address) dev \(quoted(bridge))", by: .root))
        }
    }

    /// - Parameter entries: by hardware address.
    private static func forwarding(
        _ nic: ContainerNICFacts, _ entries: [String: [StaticForwarding]]
    ) -> [Finding] {
        guard let own = nic.inside?.hardwareAddress, nic.attachedTo != nil else { return [] }
        return (entries[own] ?? []).filter {
            $0.port != nic.port && $0.bridge == nic.attachedTo
        }.map { entry in
            .problem(
                nic.place,
                "a static entry in the forwarding table of the bridge says that \(own) is behind "
                    + "\(entry.port), so no packet reaches the container",
                .command("bridge fdb delete \(own) dev \(quoted(entry.port)) master", by: .root))
        }
    }
}
