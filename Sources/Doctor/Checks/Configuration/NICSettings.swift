internal import HostPaths
internal import Linux
internal import Netlink

/// Whether LXC can create each NIC of the configuration, as a user or as root.
enum NICSettings: Check {
    static let name = "nic-settings"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let nics = facts.config.nics
        let findings = nics.flatMap { finding($0, facts) } + sameNames(facts)
        guard findings.isEmpty, let first = nics.first else { return findings.bounded(facts) }
        return [
            .ok(
                first.place.file.quoted,
                "LXC can create \(nics.count == 1 ? "the NIC" : "the \(nics.count) NICs")")
        ]
    }

    private static func finding(_ nic: ContainerNIC, _ facts: Facts) -> [Finding] {
        if let fault = type(nic, facts) { return [fault] }
        let faults: [Finding] = [longName(nic, facts), hardwareAddress(nic, facts)].compactMap {
            $0
        }
        return faults + (facts.target.isRoot ? [] : ineffective(nic))
    }

    private static func type(_ nic: ContainerNIC, _ facts: Facts) -> Finding? {
        let key = "lxc.net.\(nic.index).type"
        guard let type = nic.setting("type") else {
            guard let link = nic.setting("link") ?? nic.discarded.first else { return nil }
            return .problem(
                link.place.text,
                "\(key) is not set, so the container gets no NIC for "
                    + "lxc.net.\(nic.index).link",
                facts.edit(
                    nic.place, "i \(key) = veth", else: "write \(key) = veth before this line"))
        }
        guard !facts.target.isRoot, !(type.value == "veth"), !(type.value == "empty") else {
            if !nic.discarded.isEmpty { return discarded(nic, type, facts) }
            return facts.target.isRoot ? nil : withoutLink(nic, type, facts)
        }
        let reason =
            type.value == "none"
            ? "the container would share the host's network, in which it may not mount sysfs"
            : "only root can create a NIC of type \(type.value.quoted)"
        return Finding(
            .problem, type.place.text,
            "\(reason): users can have only NICs of type veth, on a bridge",
            replacement(nic, type.place, facts))
    }

    /// Without a link, LXC asks the helper for a NIC on no bridge, which lxc-usernet can allow with
    /// the bridge `none`.
    private static func withoutLink(
        _ nic: ContainerNIC, _ type: ConfigSetting, _ facts: Facts
    ) -> Finding? {
        guard nic.lacksLink, !facts.allowsNICWithoutBridge else { return nil }
        let key = "lxc.net.\(nic.index).link"
        let bridge = facts.network.configured.first?.bridge ?? "lxcbr0"
        return .problem(
            type.place.text, "\(key) is not set, so the NIC is attached to no bridge",
            UntrustedText(bridge).shellWord.map { facts.append("\(key) = \($0)", to: type.place) }
                ?? .advice("write the name of a bridge as \(key)"))
    }

    /// Lines that make the NIC one of type veth. A type clears what the lines before it set.
    static func replacement(
        _ nic: ContainerNIC, _ place: ConfigPlace, _ facts: Facts
    ) -> [Fix] {
        let bridges = facts.network.interfaces.filter { $0.kind == .bridge }.map(\.description)
        let own = bridges.first { bridge in nic.link.map { $0 == bridge } ?? false }
        guard
            let bridge = own
                ?? facts.network.configured.map(\.bridge).first(where: { bridges.contains($0) }),
            let word = UntrustedText(bridge).shellWord
        else { return [.advice("write type = veth, and the name of a bridge as link")] }
        let key = "lxc.net.\(nic.index)"
        return ["type = veth", "link = \(word)", "flags = up"].map {
            facts.append("\(key).\($0)", to: place)
        }
    }

    private static func discarded(
        _ nic: ContainerNIC, _ type: ConfigSetting, _ facts: Facts
    ) -> Finding {
        let lost = nic.discarded.prefix(8)
        let names = listed(lost.map { "\($0.key.escaped) (line \($0.place.line))" })
        // Without flags, a DHCP client in the container sets the NIC up.
        let hasLink = nic.link != nil || !(type.value == "veth")
        return Finding(
            hasLink ? .warning : .problem, type.place.text,
            "\(type.key.escaped) clears the settings of the NIC in earlier lines: \(names)",
            lost.map { setting in
                guard let key = setting.key.shellWord, let value = setting.value.shellWord else {
                    return .advice("write \(setting.key.quoted) after this line")
                }
                return facts.append("\(key) = \(value)", to: type.place)
            })
    }

    private static func longName(_ nic: ContainerNIC, _ facts: Facts) -> Finding? {
        // IFNAMSIZ is 16, with the null byte.
        guard let name = nic.setting("name"), name.value.bytes.count > 15 else { return nil }
        return .warning(
            name.place.text,
            "the name \(name.value.quoted) has more than 15 characters, and LXC truncates it",
            facts.setValue("eth\(nic.index)", at: name.place))
    }

    private static func sameNames(_ facts: Facts) -> [Finding] {
        var seen: [ConfigSetting] = []
        var findings: [Finding] = []
        let used = facts.config.nics.compactMap { $0.setting("name")?.value }
        for nic in facts.config.nics {
            guard let name = nic.setting("name") else { continue }
            if let other = seen.first(where: { $0.value == name.value }) {
                let free = (0...64).lazy.map { "eth\($0)" }.first { free in
                    !used.contains { $0 == free }
                }
                findings.append(
                    .problem(
                        name.place.text,
                        "\(other.key.escaped) has the same name, \(name.value.quoted)",
                        facts.setValue(free ?? "eth\(nic.index)", at: name.place)))
            }
            seen.append(name)
        }
        return findings
    }

    private static func hardwareAddress(_ nic: ContainerNIC, _ facts: Facts) -> Finding? {
        guard let setting = nic.setting("hwaddr") else { return nil }
        // LXC replaces each x with a random digit; that of the first byte makes it unicast.
        let digits = setting.value.bytes.map { $0 | 0x20 == 0x78 ? 0x30 : $0 }
        let parts = digits.split(separator: 0x3a)
        let isHex = parts.allSatisfy { part in
            part.count <= 2 && UInt8(String(decoding: part, as: UTF8.self), radix: 16) != nil
        }
        let reason: String
        if !isHex {
            reason = "is not a hardware address"
        } else if parts.count == 6, MACAddress(text: digits)?.isUnicast == false {
            reason = "is not a unicast address: the lowest bit of its first byte is set"
        } else if let address = MACAddress(text: setting.value.bytes),
            let other = facts.network.interfaces.first(where: { interface in
                interface.kind == .bridge && interface.address == address
                    && nic.link.map { $0 == interface.description } ?? false
            })
        {
            return .problem(
                setting.place.text,
                "\(setting.value.quoted) is the address of the bridge \(other.description) "
                    + "itself, so the container receives no packets",
                .advice("let LXC choose the address:"), facts.disable(setting.place))
        } else {
            return nil
        }
        return .problem(
            setting.place.text,
            "\(setting.value.quoted) \(reason), so the container does not start",
            .advice("write an address such as 02:00:00:00:00:01; or let LXC choose it:"),
            facts.disable(setting.place))
    }

    /// LXC creates NICs of users with its helper, which does not read these settings.
    private static func ineffective(_ nic: ContainerNIC) -> [Finding] {
        let keys = [
            "mtu", "l2proxy", "veth.pair", "veth.ipv4.route", "veth.ipv6.route", "veth.vlan.id",
            "veth.vlan.tagged.id", "veth.n_rxqueues", "veth.n_txqueues",
        ]
        var settings = keys.compactMap { nic.setting($0) }
        if let mode = nic.setting("veth.mode"), mode.value == "router" { settings.append(mode) }
        return settings.map { setting in
            let option = ["mtu": "mtu=", "veth.vlan.id": "vlan="].first {
                setting.key == "lxc.net.\(nic.index).\($0.key)"
            }?.value
            return .warning(
                setting.place.text, "LXC ignores \(setting.key.quoted) in containers of users",
                .advice(
                    option.map {
                        "as root, add \($0)\(setting.value.quoted) to the user's line in "
                            + Paths.usernet
                    } ?? "remove the line"))
        }
    }
}

extension ContainerNIC {
    /// Whether it is of type veth, and attached to no bridge because the setting is missing.
    var lacksLink: Bool { type == "veth" && link == nil }
}

extension Facts {
    /// Whether a line of lxc-usernet lets the user create a NIC that is attached to no bridge.
    fileprivate var allowsNICWithoutBridge: Bool {
        usernet.quotas.contains { $0.name == "none" && !$0.lines.isEmpty }
    }
}
