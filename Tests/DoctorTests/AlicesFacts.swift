import Linux
import Network

@testable import Doctor

extension ContainerConfig {
    /// Sets a key, as a line of the configuration does.
    mutating func set(_ key: String, to value: String) {
        set(
            Array(key.utf8)[...], Array(value.utf8)[...],
            at: ConfigPlace(file: path, line: faultyLines.count + 1))
    }
}

extension Facts {
    /// A healthy host, and its user alice.
    static func alices() -> Facts {
        let alice = Account(
            name: Array("alice".utf8), user: UserID(1000), group: GroupID(1000),
            home: Array("/home/alice".utf8))
        let setuid = FileAttributes(owner: .root, group: GroupID(0), mode: 0o4755)
        func program(_ name: String) -> ProgramFacts {
            ProgramFacts(name: name, path: "/bin/\(name)", realPath: "/bin/\(name)", file: setuid)
        }
        let range = SubuidRange(
            owner: alice.name, start: 100_000, count: 65536, line: 1)
        var config = ContainerConfig(path: "/etc/lxc/default.conf", exists: true)
        for kind in ["u", "g"] { config.set("lxc.idmap", to: "\(kind) 0 100000 65536") }
        config.set("lxc.net.0.type", to: "veth")
        config.set("lxc.net.0.link", to: "lxcbr0")
        let bridge = InterfaceFacts(
            name: "lxcbr0", isBridge: true, mayBeOpenVSwitch: false, isUp: true,
            addresses: [[10, 0, 3, 1]])
        var on = UsernetFacts.BridgeQuota(
            bridge: "lxcbr0", name: "lxcbr0", allowed: 10, used: 1, interface: bridge)
        on.lines = [.init(number: 1, count: 10)]
        var lxcbr0 = NetworkStatus(bridge: "lxcbr0")
        lxcbr0.dnsmasq = 10
        lxcbr0.foreignFirewalls = []
        var network = HostNetworkStatus()
        network.networks = [lxcbr0]
        network.forwardsIPv4 = true
        return Facts(
            target: TargetUser(alice, groups: [GroupID(1000)]),
            requester: Requester(user: alice.user),
            installation: InstallationFacts(
                lxcStart: "/usr/bin/lxc-start", templates: ["lxc-busybox"],
                clock: ClockFacts(now: ClockFacts.earliest)),
            kernel: KernelFacts(maxUserNamespaces: 1000),
            mappingPrograms: [program("newuidmap"), program("newgidmap")],
            helpers: [program("lxc-user-nic")], config: config,
            subordinate: SubuidFacts(users: [range], groups: [range]),
            searchPermission: SearchPermissionFacts(steps: [
                .init(path: "/", file: FileAttributes(owner: .root, group: GroupID(0), mode: 0o755))
            ]),
            usernet: UsernetFacts(quotas: [on]),
            network: network,
            packetPath: PacketPathFacts(nameServers: [.init(address: "192.0.2.53")]),
            cgroups: CgroupFacts(
                line: .line(1, controllers: ["*"], owner: "alice"),
                isSetUp: true, available: ["memory"], enabled: ["memory"],
                current: .init(path: "/sys/fs/cgroup")),
            session: SessionFacts(login: alice.user, home: "/home/alice"), appArmor: AppArmorFacts()
        )
    }
}

extension LXCLogHost {
    /// The host of ``Facts/alices()``.
    static var alices: LXCLogHost { alices(isRoot: false) }

    static func alices(isRoot: Bool) -> LXCLogHost {
        let facts = Facts.alices()
        return LXCLogHost(facts.installation, facts.kernel, isRoot: isRoot)
    }
}
