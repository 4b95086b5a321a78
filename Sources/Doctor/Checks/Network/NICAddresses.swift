internal import HostPaths
internal import Identity
internal import Linux
internal import Netlink

/// Whether frames with the addresses that the configuration gives NICs may pass their ports.
/// berth-nic cannot know these addresses: LXC sets them later, inside the container.
enum NICAddresses: Check {
    static let name = "nic-addresses"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.helpers.contains(where: \.isBerthNIC) else { return [] }
        return facts.config.nics.filter { $0.type == "veth" }.flatMap { nic -> [Finding] in
            let name = nic.link ?? "none"
            guard let quota = facts.usernet.quotas.first(where: { $0.bridge == name }) else {
                return []
            }
            return [hardwareAddress(nic, quota, facts)].compactMap { $0 }
                + addresses(nic, quota, facts)
        }
    }

    private static func hardwareAddress(
        _ nic: ContainerConfig.NIC, _ quota: UsernetFacts.BridgeQuota, _ facts: Facts
    ) -> Finding? {
        let filters = ["macfilter", "ipfilter"]
        // An address of Berth's blocks was copied from the NIC.
        guard let address = nic.hardwareAddress,
            MACAddress(text: address.bytes).flatMap({ HardwareBlock(containerAddress: $0) }) == nil,
            let line = quota.lines.first(where: { line in
                filters.contains { line.options.contains($0) }
            }),
            let filter = filters.last(where: { line.options.contains($0) })
        else { return nil }
        return .problem(
            key("hwaddr", of: nic, facts),
            "the NIC is cut off, because line \(line.number) of \(Paths.usernet) has \(filter), "
                + "which allows only frames from the address that berth-nic assigned",
            .advice("remove lxc.net.\(nic.index).hwaddr: the NIC keeps its address"))
    }

    private static func addresses(
        _ nic: ContainerConfig.NIC, _ quota: UsernetFacts.BridgeQuota, _ facts: Facts
    ) -> [Finding] {
        guard let line = quota.lines.first(where: { $0.options.contains("ipfilter") }) else {
            return []
        }
        let reserved =
            facts.network.networks.first { $0.bridge == quota.name }?.reservedAddresses ?? []
        return nic.addresses.compactMap { text in
            let address = text.bytes.prefix { $0 != 0x2f && $0 != 0x20 }
            guard !reserved.contains(where: { $0.utf8.elementsEqual(address) }) else { return nil }
            return .problem(
                key("ipv4.address", of: nic, facts),
                "the NIC cannot use \(text.quoted), because line \(line.number) of "
                    + "\(Paths.usernet) has ipfilter, and nothing reserves the address",
                .advice(
                    "as root, reserve it for \(facts.target.name)/NAME in LXC_DHCP_HOSTS, and run "
                        + "berth-net reload, or remove lxc.net.\(nic.index).ipv4.address"))
        }
    }

    private static func key(
        _ name: String, of nic: ContainerConfig.NIC, _ facts: Facts
    ) -> String {
        "\(facts.config.path.quoted), lxc.net.\(nic.index).\(name)"
    }
}
