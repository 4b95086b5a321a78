import Linux
import Testing

@testable import Doctor

@Suite("decisions about the settings of a container")
struct ConfigurationDecisions {
    private static func facts(
        asRoot: Bool = false, _ settings: (key: String, value: String)...
    ) -> Facts {
        var facts = Facts.alices()
        facts.target.container = "web"
        facts.config = ContainerConfig(path: "/home/alice/config", exists: true)
        for (key, value) in [
            ("lxc.idmap", "u 0 100000 65536"), ("lxc.idmap", "g 0 100000 65536"),
            ("lxc.net.0.type", "veth"), ("lxc.net.0.link", "lxcbr0"), ("lxc.net.0.flags", "up"),
        ] + settings {
            facts.config.set(key, to: value)
        }
        if asRoot {
            let account = Account(
                name: Array("root".utf8), user: .root, group: GroupID(0), home: Array("/root".utf8))
            facts.target = TargetUser(account, groups: [GroupID(0)], container: "web")
        }
        return facts
    }

    @Test(
        "root can have NICs of these types, and users cannot",
        arguments: ["macvlan", "phys", "none", "vlan"])
    func types(type: String) {
        let type = ("lxc.net.0.type", type)
        let link = ("lxc.net.0.link", "eth0")
        let flags = ("lxc.net.0.flags", "up")
        #expect(NICSettings.run(Self.facts(type, link, flags)).map(\.verdict) == [.problem])
        #expect(
            NICSettings.run(Self.facts(asRoot: true, type, link, flags)).map(\.verdict) == [.ok])
        #expect(NICSettings.run(Self.facts()).map(\.verdict) == [.ok])
        #expect(NICSettings.run(Self.facts(("lxc.net.1.type", "empty"))).map(\.verdict) == [.ok])
    }

    @Test("an address outside the network of its bridge is reported with that network")
    func addressOutside() {
        var facts = Self.facts(("lxc.net.0.ipv4.address", "10.9.9.9/24"))
        facts.network.networks[0].addresses = ["10.0.3.1/24"]
        let messages = StaticAddresses.run(facts).map(\.message)
        #expect(messages.contains { $0.contains("is not in 10.0.3.0/24, the network of lxcbr0") })
    }

    @Test("a user's NIC needs a bridge, unless lxc-usernet allows one without")
    func noLink() {
        var facts = Self.facts(("lxc.net.1.type", "veth"), ("lxc.net.1.flags", "up"))
        let findings = NICSettings.run(facts)
        #expect(findings.map(\.verdict) == [.problem])
        #expect(findings[0].message.hasPrefix("lxc.net.1.link is not set"))
        facts.usernet.quotas.append(UsernetFacts.BridgeQuota(bridge: "none", name: "none"))
        #expect(!Quota.run(facts).contains { $0.message.contains("to none") })
    }

    @Test("a gateway that no host has is a problem, unless another container may have the address")
    func gatewayOfAnother() {
        var facts = Self.facts(("lxc.net.0.ipv4.gateway", "10.0.3.77"))
        facts.network.networks[0].addresses = ["10.0.3.1/24"]
        var nic = ContainerNICFacts(port: "veth1000_aaaa", user: facts.target.user)
        nic.container = UntrustedText("web")
        facts.packetPath.nics = [nic]
        let findings = StaticAddresses.run(facts)
        #expect(findings.contains { $0.message.contains("no host has the gateway") })
        facts.packetPath.nics[0].container = UntrustedText("db")
        #expect(StaticAddresses.run(facts).allSatisfy { $0.verdict != .problem })
    }

    @Test("settings that a type cleared are offered again, unless a shell would interpret them")
    func cleared() throws {
        let finding = try #require(
            NICSettings.run(Self.facts(("lxc.net.0.name", "a$(id)"), ("lxc.net.0.type", "veth")))
                .first)
        #expect(finding.verdict == .problem)
        let lines = finding.fixes.filter { if case .line = $0 { true } else { false } }
        #expect(
            lines == [
                .line("lxc.net.0.flags = up", to: "/home/alice/config", by: .user),
                .line("lxc.net.0.link = lxcbr0", to: "/home/alice/config", by: .user),
            ])
        #expect(finding.fixes.count == 3)
    }

    @Test("a limit needs a controller that the user's line grants")
    func controllers() {
        var facts = Self.facts(("lxc.cgroup2.memory.max", "1G"))
        #expect(Limits.run(facts).map(\.verdict) == [.ok])
        facts.cgroups.line = .line(3, controllers: ["pids"], owner: "alice")
        let findings = Limits.run(facts)
        #expect(findings.map(\.verdict) == [.problem])
        #expect(findings[0].message.contains("line 3 of /etc/lxc/lxc-usercgroup"))
        facts.cgroups.isSystemd = true
        #expect(Limits.run(facts).map(\.verdict) == [.ok])
        facts.cgroups.available = ["pids"]
        facts.cgroups.line = .none
        #expect(Limits.run(facts).map(\.verdict) == [.warning])
        let devices = Self.facts(("lxc.cgroup2.devices.allow", "a"))
        #expect(Limits.run(devices).isEmpty)
    }

    @Test("a setting of lxc.sysctl outside net needs a writable /proc")
    func sysctls() {
        let sysctl = ("lxc.sysctl.kernel.msgmax", "1")
        #expect(Limits.run(Self.facts(sysctl)).map(\.verdict) == [.problem])
        #expect(Limits.run(Self.facts(sysctl, ("lxc.mount.auto", "proc:rw sys"))).isEmpty)
        #expect(Limits.run(Self.facts(("lxc.sysctl.net.core.somaxconn", "1"))).isEmpty)
    }

    @Test("a running container's namespaces can be shared")
    func namespaces() {
        var facts = Self.facts(("lxc.namespace.share.net", "db"))
        facts.config.directory = "/home/alice/lxc"
        let findings = Namespaces.run(facts)
        #expect(findings.map(\.fixes) == [[.command("lxc-start -n db", by: .user)]])
        facts.runningContainers = ["db"]
        #expect(Namespaces.run(facts).isEmpty)
        #expect(Namespaces.run(Self.facts(("lxc.namespace.share.net", "4711"))).isEmpty)
        #expect(Namespaces.run(Self.facts(("lxc.namespace.keep", "ipc uts"))).isEmpty)
    }

    @Test("root can mount block devices, and no root file system is needed")
    func rootfs() {
        let loop = ("lxc.rootfs.path", "loop:/srv/image")
        #expect(Rootfs.run(Self.facts(loop)).map(\.verdict) == [.problem])
        #expect(Rootfs.run(Self.facts(asRoot: true, loop)).map(\.verdict) == [.ok])
        #expect(Rootfs.run(Self.facts()).map(\.verdict) == [.problem])
        #expect(Rootfs.run(Self.facts(asRoot: true)).isEmpty)
        var defaults = Self.facts()
        defaults.target.container = nil
        #expect(Rootfs.run(defaults).isEmpty)
    }
}
