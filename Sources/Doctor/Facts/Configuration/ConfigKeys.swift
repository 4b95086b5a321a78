/// The keys that LXC knows.
///
/// From the tables `config_jump_table` and `config_jump_table_net` in `src/lxc/confile.c` of LXC
/// 5.0.2, 6.0.6 and 7.0.0. 6.0 knows the same keys as 5.0.
enum ConfigKeys {
    struct Key: Sendable {
        let name: String
        let kind: ConfigValue
        /// Whether an additional setting is added to those before it. If not, the last one counts.
        var isList = false
        /// The major versions of LXC that know it.
        var versions = 5...99

        init(
            _ name: String, _ kind: ConfigValue, isList: Bool = false,
            versions: ClosedRange<Int> = 5...99
        ) {
            (self.name, self.kind, self.isList, self.versions) = (name, kind, isList, versions)
        }
    }

    static let all: [Key] = [
        Key("lxc.arch", .architecture), Key("lxc.apparmor.profile", .text),
        Key("lxc.apparmor.allow_incomplete", .flag), Key("lxc.apparmor.allow_nesting", .flag),
        Key("lxc.apparmor.raw", .text, isList: true), Key("lxc.autodev.tmpfs.size", .text),
        Key("lxc.autodev", .flag), Key("lxc.cap.drop", .capabilities, isList: true),
        Key("lxc.cap.keep", .capabilities, isList: true),
        Key("lxc.cgroup.dir.monitor.pivot", .cgroupPath),
        Key("lxc.cgroup.dir.monitor", .cgroupPath),
        Key("lxc.cgroup.dir.container.inner", .cgroupName),
        Key("lxc.cgroup.dir.container", .cgroupPath), Key("lxc.cgroup.dir", .cgroupPath),
        Key("lxc.cgroup.relative", .flag), Key("lxc.console.buffer.size", .size),
        Key("lxc.console.logfile", .path), Key("lxc.console.path", .path),
        Key("lxc.console.rotate", .flag), Key("lxc.console.size", .size),
        Key("lxc.sched.core", .flag),
        Key("lxc.environment.runtime", .environment, isList: true, versions: 7...99),
        Key("lxc.environment.hooks", .environment, isList: true, versions: 7...99),
        Key("lxc.environment", .environment, isList: true), Key("lxc.ephemeral", .flag),
        Key("lxc.execute.cmd", .text), Key("lxc.group", .text, isList: true),
        Key("lxc.hook.autodev", .text, isList: true), Key("lxc.hook.clone", .text, isList: true),
        Key("lxc.hook.destroy", .text, isList: true), Key("lxc.hook.mount", .text, isList: true),
        Key("lxc.hook.post-stop", .text, isList: true),
        Key("lxc.hook.pre-mount", .text, isList: true),
        Key("lxc.hook.pre-start", .text, isList: true), Key("lxc.hook.start", .text, isList: true),
        Key("lxc.hook.start-host", .text, isList: true), Key("lxc.hook.stop", .text, isList: true),
        Key("lxc.hook.version", .flag), Key("lxc.hook", .nothing),
        Key("lxc.idmap", .idMap, isList: true), Key("lxc.include", .path),
        Key("lxc.init.cmd", .text), Key("lxc.init.gid", .number), Key("lxc.init.groups", .numbers),
        Key("lxc.init.uid", .number), Key("lxc.init.cwd", .path), Key("lxc.keyring.session", .flag),
        Key("lxc.log.file", .path), Key("lxc.log.level", .logLevel), Key("lxc.log.syslog", .text),
        Key("lxc.monitor.unshare", .number), Key("lxc.monitor.signal.pdeath", .signal),
        Key("lxc.mount.auto", .autoMounts, isList: true),
        Key("lxc.mount.entry", .text, isList: true),
        Key("lxc.mount.fstab", .pathNotEmpty), Key("lxc.namespace.clone", .namespaces),
        Key("lxc.namespace.keep", .namespaces), Key("lxc.time.offset.boot", .duration),
        Key("lxc.time.offset.monotonic", .duration), Key("lxc.net", .nothing),
        Key("lxc.no_new_privs", .flag), Key("lxc.pty.max", .number),
        Key("lxc.rootfs.managed", .flag), Key("lxc.rootfs.mount", .path),
        Key("lxc.rootfs.options", .rootfsOptions), Key("lxc.rootfs.path", .path),
        Key("lxc.seccomp.allow_nesting", .flag), Key("lxc.seccomp.notify.cookie", .text),
        Key("lxc.seccomp.notify.proxy", .unixSocket), Key("lxc.seccomp.profile", .path),
        Key("lxc.selinux.context.keyring", .text), Key("lxc.selinux.context", .text),
        Key("lxc.signal.halt", .signal), Key("lxc.signal.reboot", .signal),
        Key("lxc.signal.stop", .signal), Key("lxc.start.auto", .flag),
        Key("lxc.start.delay", .number), Key("lxc.start.order", .integer),
        Key("lxc.tty.dir", .text),
        Key("lxc.tty.max", .number), Key("lxc.uts.name", .hostName),
    ]

    /// Keys that are followed by a dot and a name of the user's choice.
    static let prefixes: [Key] = [
        Key("lxc.cgroup2", .text, isList: true),
        Key("lxc.cgroup", .text, isList: true, versions: 5...6),
        Key("lxc.namespace.share", .text, isList: true), Key("lxc.prlimit", .limit, isList: true),
        Key("lxc.sysctl", .text, isList: true), Key("lxc.proc", .text, isList: true),
    ]

    /// The keys of a NIC, which follow `lxc.net.N.`
    static let nic: [Key] = [
        Key("flags", .text), Key("hwaddr", .text), Key("ipv4.address", .address4, isList: true),
        Key("ipv4.gateway", .gateway4), Key("ipv6.address", .address6, isList: true),
        Key("ipv6.gateway", .gateway6), Key("link", .text), Key("l2proxy", .flag),
        Key("macvlan.mode", .word(["private", "vepa", "bridge", "passthru"])),
        Key("ipvlan.mode", .word(["l3", "l3s", "l2"])),
        Key("ipvlan.isolation", .word(["bridge", "private", "vepa"])), Key("mtu", .text),
        Key("name", .text), Key("script.down", .text), Key("script.up", .text),
        Key(
            "type",
            .word(["veth", "macvlan", "ipvlan", "vlan", "phys", "empty", "none"])),
        Key("vlan.id", .number), Key("veth.mode", .word(["bridge", "router"])),
        Key("veth.n_rxqueues", .positive), Key("veth.n_txqueues", .positive),
        Key("veth.pair", .text), Key("veth.ipv4.route", .route4, isList: true),
        Key("veth.ipv6.route", .route6, isList: true), Key("veth.vlan.id", .vlan),
        Key("veth.vlan.tagged.id", .vlan, isList: true),
    ]

    /// Keys of LXC 2 and older, with their names since LXC 2.1. LXC 3 and later reject the old
    /// names.
    static let legacy: [String: String] = [
        "lxc.aa_allow_incomplete": "lxc.apparmor.allow_incomplete",
        "lxc.aa_profile": "lxc.apparmor.profile", "lxc.console": "lxc.console.path",
        "lxc.devttydir": "lxc.tty.dir", "lxc.haltsignal": "lxc.signal.halt",
        "lxc.id_map": "lxc.idmap", "lxc.init_cmd": "lxc.init.cmd", "lxc.init_gid": "lxc.init.gid",
        "lxc.init_uid": "lxc.init.uid", "lxc.logfile": "lxc.log.file",
        "lxc.loglevel": "lxc.log.level", "lxc.mount": "lxc.mount.fstab",
        "lxc.pts": "lxc.pty.max", "lxc.rebootsignal": "lxc.signal.reboot",
        "lxc.rootfs": "lxc.rootfs.path", "lxc.se_context": "lxc.selinux.context",
        "lxc.seccomp": "lxc.seccomp.profile", "lxc.stopsignal": "lxc.signal.stop",
        "lxc.syslog": "lxc.log.syslog", "lxc.tty": "lxc.tty.max", "lxc.utsname": "lxc.uts.name",
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    private static let nicByName = Dictionary(uniqueKeysWithValues: nic.map { ($0.name, $0) })

    /// The entry for a key other than those of NICs; `nil` if LXC does not know it.
    static func find(_ key: String) -> Key? {
        if let found = byName[key] { return found }
        return prefixes.first { key == $0.name || key.hasPrefix($0.name + ".") }
    }

    /// Whether LXC knows a complete key, which may be that of a NIC.
    static func isKnown(_ key: String) -> Bool {
        guard let index = nicIndex(of: key) else { return byName[key] != nil }
        return findNIC(String(key.dropFirst("lxc.net.".count + index.count + 1))) != nil
    }

    static func findNIC(_ subkey: String) -> Key? { nicByName[subkey] }
}

extension ConfigKeys {
    /// The known key that is most similar to the text, if only a few characters differ.
    static func nearest(to key: String) -> String? {
        let text = Array(key.utf8.prefix(80))
        let index = nicIndex(of: key)
        var candidates = all.map(\.name) + prefixes.map { $0.name + "." }
        if let index { candidates = nic.map { "lxc.net.\(index).\($0.name)" } }
        if let suffix = prefixes.first(where: { key.hasPrefix($0.name + ".") }) {
            candidates = [suffix.name + "."]
        }
        let best = candidates.map { ($0, distance(text, Array($0.utf8))) }
            .min { $0.1 < $1.1 }
        guard let best, best.1 <= max(2, text.count / 5) else { return nil }
        return best.0.hasSuffix(".") ? nil : best.0
    }

    /// The word of the list that is most similar, if only a few characters differ.
    static func nearest(to word: String, of words: [String]) -> String? {
        let text = Array(word.utf8.prefix(40))
        let best = words.map { ($0, distance(text, Array($0.utf8))) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= max(1, text.count / 3) else { return nil }
        return best.0
    }

    /// The index of a NIC, in a key such as `lxc.net.0.lnk`.
    private static func nicIndex(of key: String) -> Substring? {
        guard key.hasPrefix("lxc.net.") else { return nil }
        let digits = key.dropFirst("lxc.net.".count).prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : digits
    }

    /// The edit distance: how many characters must be inserted, removed or replaced, or pairs of
    /// characters exchanged.
    static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var before: [Int] = []
        var above = Array(0...other.count)
        for (row, letter) in one.enumerated() {
            var current = [row + 1]
            for column in other.indices {
                var cost = min(
                    above[column] + (letter == other[column] ? 0 : 1), above[column + 1] + 1,
                    current[column] + 1)
                if row > 0, column > 0, letter == other[column - 1], one[row - 1] == other[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, above) = (above, current)
        }
        return above[other.count]
    }
}
