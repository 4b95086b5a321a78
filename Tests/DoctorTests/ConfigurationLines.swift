import Linux
import Testing

@testable import Doctor

/// A configuration is read as LXC reads it.
@Suite
struct ConfigurationLines {
    private static func config(_ lines: String...) -> ContainerConfig {
        var config = ContainerConfig(path: "/home/alice/config", exists: true)
        ConfigLine.forEach(in: Array(lines.joined(separator: "\n").utf8)) { line, number in
            config.apply(line, at: ConfigPlace(file: config.path, line: number))
            return true
        }
        return config
    }

    @Test("the last value applies, and an empty value clears the earlier ones")
    func values() {
        let config = Self.config(
            "lxc.uts.name = a", "lxc.uts.name = 'b c'", "lxc.tty.max = 1", "lxc.tty.max =",
            "lxc.mount.entry = x", "lxc.mount.entry =", "lxc.mount.entry = y",
            "lxc.mount.entry = z", "lxc.cgroup2.memory.max = 1", "lxc.cgroup2.pids.max = 2",
            "lxc.cgroup2.memory.max =")
        #expect(config.faultyLines.isEmpty)
        #expect(config.value("lxc.uts.name") == .some("b c"))
        #expect(config.setting("lxc.uts.name")?.place.text == "/home/alice/config:2")
        #expect(config.value("lxc.tty.max") == nil)
        #expect(config.all("lxc.mount.entry").map(\.value) == ["y", "z"])
        #expect(config.limits == ["lxc.cgroup2.pids.max"])
    }

    @Test("the index of a NIC can be written with zeros, and a type clears the NIC")
    func nics() {
        let config = Self.config(
            "lxc.net.2.type = veth", "lxc.net.00.link = br0", "lxc.net.0.type = veth",
            "lxc.net.0.flags = down", "lxc.net.2 =", "lxc.net.7.type = veth",
            "lxc.net.7.ipv4.address = 10.0.0.1/8", "lxc.net.7.ipv4.address = 10.0.0.2/8")
        #expect(config.faultyLines.isEmpty)
        #expect(config.nics.map(\.index) == [0, 7])
        #expect(config.nics[0].link == nil && config.nics[0].isUp)
        #expect(config.nics[0].discarded.map(\.value) == ["br0"])
        #expect(config.nics[1].addresses.count == 2)
        #expect(Self.config("lxc.net.0.type = veth", "lxc.net =").nics.isEmpty)
        #expect(Self.config("lxc.net.0.link = br0").bridges.isEmpty)
    }

    @Test(
        "what LXC rejects or ignores is reported with its line",
        arguments: [
            "lxc.uts.name", "lxc.bogus = 1", "lxc.net.x.type = veth", "lxc.net.0x1.type = veth",
            "lxc.net.0 = veth", "lxc.net.0.bogus = 1", "lxc.net.3.link =", "lxc.net = 1",
            "lxc.hook = 1", "lxc.hook.bogus = 1", "lxc.cgroup2 = 1", "lxc.tty.max = -1",
            "lxc.tty.max = 1x", "lxc.start.auto = 2", "lxc.arch =", "lxc.mount.fstab =",
            "lxc.net.0.type = bogus", "lxc.net.0.ipv4.address = 10.0.3.9/33",
            "lxc.net.0.ipv4.gateway = 10", "lxc.net.0.ipv6.address = fd00::1/129",
            "lxc.net.0.vlan.id = 5", "lxc.idmap = b 0 1 1", "lxc.idmap = u 0 1",
            "lxc.signal.halt = HALT", "lxc.cap.drop = CAP_KILL", "lxc.log.level = 9",
            "lxc.mount.auto = procs", "lxc.namespace.keep = nets",
            "lxc.namespace.share.network = a", "lxc.prlimit.nofiles = 1",
            "lxc.prlimit.nofile = 2:1", "lxc.prlimit.nofile = many", "lxc.cgroup.dir = /x",
            "lxc.cgroup.dir = a/../b", "lxc.rootfs.options = create=dir",
            "lxc.time.offset.boot = 5d", "lxc.hook.version = 2", "lxc.utsname = web",
            "lxc.network.type = veth", "net.0.type = veth",
            "lxc.uts.name = \(String(repeating: "a", count: 65))",
        ])
    func rejected(line: String) throws {
        let config = Self.config("# a comment", "", line)
        let faulty = try #require(config.faultyLines.first)
        #expect(faulty.place.line == 3)
        var facts = Facts.alices()
        facts.config = config
        let finding = try #require(ConfigLines.run(facts).first)
        #expect(finding.verdict == .problem)
        #expect(finding.place == "/home/alice/config:3" && !finding.fixes.isEmpty)
    }

    @Test(
        "what LXC accepts is not reported",
        arguments: [
            "lxc.tty.max = 0x10", "lxc.start.auto = 01", "lxc.arch = amd64", "lxc.start.order = -5",
            "lxc.signal.halt = sigusr1", "lxc.signal.halt = SIGRTMIN+3", "lxc.signal.halt = 15",
            "lxc.cap.drop = kill 7 sys_boot", "lxc.cap.keep = none", "lxc.log.level = 3",
            "lxc.log.level = debug", "lxc.mount.auto = proc:mixed\tsys:ro shmounts:/a:/b",
            "lxc.namespace.keep = NET ipc", "lxc.prlimit.nofile = 1 : unlimited",
            "lxc.prlimit.nofile = unlimited", "lxc.time.offset.boot = -5 h",
            "lxc.cgroup.dir = a/b", "lxc.net.0.ipv4.address = 10.0.3.9/24 10.0.3.255",
            "lxc.net.0.hwaddr = 00:16:3e:xx:xx:xx", "lxc.environment = A=b",
            "\tlxc.uts.name = web  \r", "lxc.idmap = g 0 100000 65536", "lxc.sysctl.net.a.b = 1",
            "lxc.include = /usr/share/lxc/config/common.conf", "lxc.autodev.tmpfs.size = x",
            "lxc.selinux.context = a:b", "lxc.console.size = 128KB", "lxc.console.size = auto",
        ])
    func accepted(line: String) {
        let config = Self.config(line)
        #expect(config.faultyLines.isEmpty, "\(config.faultyLines)")
    }

    @Test(
        "the nearest known key is proposed",
        arguments: [
            ("lxc.uts.nam", "lxc.uts.name"), ("lxc.net.3.lnik", "lxc.net.3.link"),
            ("lxc.rootfs.pth", "lxc.rootfs.path"), ("lxc.rotfs.path", "lxc.rootfs.path"),
            ("lxc.apparmour.profile", "lxc.apparmor.profile"), ("lxc.nothing.like.it", nil),
            ("lxc.mount.entries", "lxc.mount.entry"),
        ] as [(String, String?)])
    func nearest(key: String, proposal: String?) {
        #expect(ConfigKeys.nearest(to: key) == proposal)
    }

    @Test("a rejected value is not corrected to a weaker one")
    func weaker() {
        #expect(ConfigValue.autoMounts.fault(Array("proc:ro".utf8))?.correction == nil)
        #expect(
            ConfigValue.autoMounts.fault(Array("prox:rw".utf8))?.correction?.right == "proc:rw")
    }

    @Test("keys of another version of LXC are reported")
    func versions() throws {
        var facts = Facts.alices()
        facts.config = Self.config("lxc.cgroup.memory.limit_in_bytes = 1")
        for (version, count) in [("5.0.2", 0), ("6.0.6", 0), ("7.0.0", 1)] {
            facts.installation.lxcVersion = LXCVersion(Array(version.utf8))
            #expect(ConfigLines.run(facts).count { $0.verdict == .problem } == count, "\(version)")
        }
        facts.config = Self.config("lxc.environment.hooks = A=b")
        facts.installation.lxcVersion = LXCVersion(Array("6.0.6".utf8))
        #expect(ConfigLines.run(facts).map(\.verdict) == [.problem])
    }

    @Test("a line of a file that is not the user's is not edited by a command")
    func foreign() throws {
        var facts = Facts.alices()
        facts.config = ContainerConfig(path: "/home/alice/config", exists: true)
        for path: UntrustedText in [
            "/etc/passwd", "/home/alice/../bob/x", "/home/alicex/y", "/home/alice/a b",
            "/home/alice/$(id)",
        ] {
            facts.config.faultyLines = []
            facts.config.apply(
                .setting(key: Array("lxc.bogus".utf8)[...], value: []),
                at: ConfigPlace(file: path, line: 1))
            let finding = try #require(ConfigLines.run(facts).first)
            #expect(!finding.fixes.contains { if case .advice = $0 { false } else { true } })
        }
    }

    @Test("the report of many faulty lines is bounded")
    func many() {
        var config = ContainerConfig(path: "/home/alice/config", exists: true)
        for number in 0..<10_000 {
            config.set("lxc.bogus\(number)", to: "x")
            config.set("lxc.mount.entry", to: "x")
            config.set("lxc.net.\(number).type", to: "veth")
        }
        #expect(config.isCut && config.faultyLines.count == ContainerConfig.maxEntries)
        #expect(config.nics.count == ContainerConfig.maxEntries)
        #expect(config.all("lxc.mount.entry").count == ContainerConfig.maxEntries)
    }
}
