internal import Linux
internal import Network

/// Whether the addresses that the configuration gives NICs belong to their bridge's network, and
/// are not used elsewhere.
enum StaticAddresses: Check {
    static let name = "static-addresses"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let nics = facts.config.nics.filter { $0.type == "veth" }
        var seen: [ConfigSetting] = []
        var findings: [Finding] = []
        for nic in nics {
            findings += link(nic, facts)
            for setting in nic.all("ipv4.address") {
                if let other = seen.first(where: { address(in: $0) == address(in: setting) }) {
                    findings.append(
                        .problem(
                            setting.place.text,
                            "\(other.key.escaped) in line \(other.place.line) has the same address",
                            facts.disable(setting.place)))
                }
                seen.append(setting)
                findings += address(setting, nic, facts)
            }
            findings += gateway(nic, facts) + others(nic, facts)
        }
        guard findings.isEmpty, let first = seen.first else { return findings.bounded(facts) }
        return [.ok(first.place.text, "\(first.value.quoted) fits the network")]
    }

    /// Containers that run at the same time must not share an address.
    private static func others(_ nic: ContainerNIC, _ facts: Facts) -> [Finding] {
        facts.files.otherNICs.compactMap { other in
            guard let setting = nic.sameAddress(as: other.nic) else { return nil }
            return .warning(
                setting.place.text,
                "the container \(other.container.quoted) has the same address, "
                    + setting.value.quoted,
                .advice("give one of them another address, unless only one of them runs"))
        }
    }

    /// LXC brings an interface up only with `flags`, and sets its gateway only if it is up.
    private static func link(_ nic: ContainerNIC, _ facts: Facts) -> [Finding] {
        guard !nic.isUp,
            let address = nic.setting("ipv4.address") ?? nic.setting("ipv6.address")
        else { return [] }
        let hasGateway =
            nic.setting("ipv4.gateway") != nil || nic.setting("ipv6.gateway") != nil
        return [
            .problem(
                address.place.text,
                "lxc.net.\(nic.index).flags is not set, so "
                    + (hasGateway
                        ? "LXC cannot set the gateway, and the container does not start"
                        : "the NIC with this address remains down"),
                facts.append("lxc.net.\(nic.index).flags = up", to: address.place))
        ]
    }

    private struct BridgeNetwork {
        let bridge: String
        let host: IPv4Address
        let prefix: Prefix<IPv4Address>
    }

    /// The first IPv4 network of the NIC's bridge.
    private static func network(_ nic: ContainerNIC, _ facts: Facts) -> BridgeNetwork? {
        guard
            let status = facts.network.networks.first(where: { status in
                nic.link.map { $0 == status.bridge } ?? false
            })
        else { return nil }
        for text in status.addresses {
            let parts = text.split(separator: "/")
            guard parts.count == 2, let host = IPv4Address(String(parts[0])),
                let length = Int(parts[1]), (1...31).contains(length)
            else { continue }
            return BridgeNetwork(
                bridge: status.bridge, host: host, prefix: Prefix(of: host, length: length))
        }
        return nil
    }

    private static func address(
        _ setting: ConfigSetting, _ nic: ContainerNIC, _ facts: Facts
    ) -> [Finding] {
        guard let address = address(in: setting), let network = network(nic, facts) else {
            return []
        }
        let place = setting.place.text
        let what = setting.value.quoted
        let other = Fix.advice("choose an unused address of \(network.prefix)")
        guard network.prefix.contains(address) else {
            return [
                .problem(
                    place, "\(what) is not in \(network.prefix), the network of \(network.bridge)",
                    other)
            ]
        }
        guard address != network.host else {
            return [
                .problem(
                    place, "\(what) is the address of the host on \(network.bridge)", other)
            ]
        }
        guard address != network.prefix.first, address != network.prefix.last else {
            return [
                .problem(
                    place, "\(what) is the address of the network itself, or its broadcast address",
                    other)
            ]
        }
        return prefix(setting, network, facts) + leased(setting, address, network, facts)
    }

    private static func prefix(
        _ setting: ConfigSetting, _ network: BridgeNetwork, _ facts: Facts
    ) -> [Finding] {
        let text = setting.value.bytes.prefix { $0 != 0x20 }
        guard let slash = text.firstIndex(of: 0x2f) else {
            return [
                .warning(
                    setting.place.text,
                    "\(setting.value.quoted) has no prefix length, and LXC guesses one",
                    facts.edit(
                        setting.place,
                        #"s/=[[:blank:]]*([0-9.]+)/= \1\/"# + "\(network.prefix.length)/",
                        else: "write /\(network.prefix.length) after the address"))
            ]
        }
        let digits = text[(slash + 1)...]
        guard let prefix = decimal(digits, upTo: 32), Int(prefix) != network.prefix.length else {
            return []
        }
        return [
            .warning(
                setting.place.text,
                "the network of \(network.bridge) is \(network.prefix), not a /\(prefix)",
                facts.edit(
                    setting.place, #"s/(=.*\/)[0-9]+/\1"# + "\(network.prefix.length)/",
                    else: "write /\(network.prefix.length) after the address"))
        ]
    }

    private static func leased(
        _ setting: ConfigSetting, _ address: IPv4Address, _ network: BridgeNetwork, _ facts: Facts
    ) -> [Finding] {
        guard
            let status = facts.network.networks.first(where: { $0.bridge == network.bridge }),
            status.leasedNumbers?.contains(address.number) == true,
            !status.reservedAddresses.contains(address.description)
        else { return [] }
        let name = facts.target.container?.escaped ?? "NAME"
        return [
            .warning(
                setting.place.text,
                "dnsmasq can lease \(setting.value.quoted) to another container",
                .advice(
                    "as root, reserve it with LXC_DHCP_HOSTS=\"\(facts.target.name)/\(name),…\" or "
                        + "choose an address outside LXC_DHCP_RANGE"))
        ]
    }

    private static func gateway(_ nic: ContainerNIC, _ facts: Facts) -> [Finding] {
        guard let setting = nic.setting("ipv4.gateway"), let address = address(in: setting),
            let network = network(nic, facts), address != network.host
        else { return [] }
        let fix = facts.setValue(network.host.description, at: setting.place)
        guard network.prefix.contains(address) else {
            return [
                .problem(
                    setting.place.text,
                    "the gateway \(setting.value.quoted) is not in \(network.prefix), the network "
                        + "of \(network.bridge)",
                    fix)
            ]
        }
        guard !isUsed(address, on: network.bridge, facts) else { return [] }
        return [
            .problem(
                setting.place.text,
                "no host has the gateway address \(setting.value.quoted): the address of "
                    + "\(network.bridge) is \(network.host)",
                fix)
        ]
    }

    /// Whether another container has the address, or will have it.
    private static func isUsed(
        _ address: IPv4Address, on bridge: String, _ facts: Facts
    ) -> Bool {
        let status = facts.network.networks.first { $0.bridge == bridge }
        return status?.reservedAddresses.contains(address.description) ?? false
            || status?.granted?.contains { $0.address == address.description } ?? false
            || status?.addresses.contains { $0.hasPrefix("\(address)/") } ?? false
            || facts.packetPath.nics.contains { mayHave(address, $0, facts) }
            || facts.files.otherNICs.contains { other in
                other.nic.all("ipv4.address").contains { self.address(in: $0) == address }
            }
    }

    /// The container's own NIC does not count: the kernel removes it some time after the container
    /// has stopped.
    private static func mayHave(
        _ address: IPv4Address, _ nic: ContainerNICFacts, _ facts: Facts
    ) -> Bool {
        let isOwn = nic.user == facts.target.user && nic.container == facts.target.container
        return !isOwn && (nic.inside == nil || nic.addresses4.contains(address))
    }

    /// The address in the value, without the prefix length and the broadcast address.
    private static func address(in setting: ConfigSetting) -> IPv4Address? {
        let text = setting.value.bytes.prefix { $0 != 0x2f && $0 != 0x20 }
        return IPv4Address(String(decoding: text, as: UTF8.self))
    }
}
