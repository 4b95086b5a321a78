internal import Linux

/// Whether the container keeps the capabilities that its init and its DHCP client need, and its
/// init runs as root.
enum Capabilities: Check {
    static let name = "capabilities"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.target.container != nil else { return [] }
        let lost = lost(facts.config)
        return (network(lost, facts) + others(lost, facts) + initUser(facts)).bounded(facts)
    }

    /// The capabilities that the container does not have, and the setting that takes them away.
    private static func lost(_ config: ContainerConfig) -> (Set<String>, ConfigSetting)? {
        func names(_ key: String) -> Set<String> {
            Set(
                config.all(key).flatMap { words(of: $0.value.bytes[...]) }.map {
                    String(decoding: $0, as: UTF8.self)
                })
        }
        let needed = Set(networkNames + otherNames.map(\.0))
        if let setting = config.all("lxc.cap.drop").last(where: { setting in
            words(of: setting.value.bytes[...]).contains {
                needed.contains(String(decoding: $0, as: UTF8.self))
            }
        }) {
            return (names("lxc.cap.drop"), setting)
        }
        guard let setting = config.all("lxc.cap.keep").last else { return nil }
        return (needed.subtracting(names("lxc.cap.keep")), setting)
    }

    private static let networkNames = ["net_admin", "net_raw"]
    private static let otherNames = [
        ("sys_admin", "mount file systems"), ("setuid", "change to other users"),
        ("setgid", "change to other groups"), ("chown", "give files to other users"),
        ("dac_override", "use the files of other users"),
        ("fowner", "change the files of other users"), ("kill", "end the programs of other users"),
        ("net_bind_service", "open ports below 1024"),
    ]

    private static func fix(_ names: [String], _ setting: ConfigSetting, _ facts: Facts) -> Fix {
        let isKept = setting.key == "lxc.cap.keep"
        let list = names.joined(separator: " ")
        if isKept { return facts.append("lxc.cap.keep = \(list)", to: setting.place) }
        let all = words(of: setting.value.bytes[...]).map { String(decoding: $0, as: UTF8.self) }
        let rest = all.filter { !names.contains($0) }
        guard !rest.isEmpty, rest.allSatisfy({ UntrustedText($0).shellWord != nil }),
            !rest.contains(where: { $0.contains("/") })
        else { return facts.disable(setting.place) }
        return facts.setValue(rest.joined(separator: " "), at: setting.place)
    }

    /// LXC itself sets up a NIC with static addresses, before the capabilities are dropped.
    private static func network(
        _ lost: (Set<String>, ConfigSetting)?, _ facts: Facts
    ) -> [Finding] {
        let missing = networkNames.filter { lost?.0.contains($0) ?? false }
        guard let setting = lost?.1, !missing.isEmpty,
            facts.config.nics.contains(where: {
                $0.type == "veth" && $0.setting("ipv4.address") == nil
                    && $0.setting("ipv6.address") == nil
            })
        else { return [] }
        return [
            .problem(
                setting.place.text,
                "\(setting.key.quoted) leaves the container without \(listed(missing)), which its "
                    + "DHCP client needs to request an address and set it",
                fix(missing, setting, facts))
        ]
    }

    private static func others(
        _ lost: (Set<String>, ConfigSetting)?, _ facts: Facts
    ) -> [Finding] {
        guard let setting = lost?.1 else { return [] }
        let missing = otherNames.filter { lost?.0.contains($0.0) ?? false }
        guard !missing.isEmpty else { return [] }
        return [
            .warning(
                setting.place.text,
                "\(setting.key.quoted) leaves the container without \(listed(missing.map(\.0))), "
                    + "which its init and services usually need to \(listed(missing.map(\.1)))",
                .advice("unless the container's programs work without these capabilities:"),
                fix(missing.map(\.0), setting, facts))
        ]
    }

    private static func initUser(_ facts: Facts) -> [Finding] {
        ["lxc.init.uid", "lxc.init.gid"].compactMap { key in
            guard let setting = facts.config.setting(key),
                ConfigValue.number(String(decoding: setting.value.bytes, as: UTF8.self)) != 0
            else { return nil }
            let text =
                "\(setting.key.quoted) = \(setting.value.quoted): the container's init does not "
                + "run as its root, and can neither mount file systems nor set up the network"
            // A single program may need neither.
            return facts.config.setting("lxc.init.cmd") == nil
                ? .problem(setting.place.text, text, facts.disable(setting.place))
                : .warning(
                    setting.place.text, text,
                    .advice("unless the program in lxc.init.cmd needs no privileges:"),
                    facts.disable(setting.place))
        }
    }
}
