import Linux
import Testing
import UserFiles

@testable import Doctor

/// What the container's own files start and set up.
@Suite
struct BootDecisions {
    /// A container of busybox.
    private static let busybox = MemoryFiles(
        links: ["/c/bin/sh": "busybox", "/c/sbin/init": "/bin/busybox"],
        texts: [
            "/c/bin/busybox": "\u{7f}", "/c/bin/udhcpc": "x", "/c/etc/passwd": "root:x:0:0::/:",
            "/c/etc/inittab": """
            # comment
            ::sysinit:/etc/init.d/rcS
            tty1::respawn:/bin/getty -L tty1
            l0:0:wait:/etc/init.d/rc 0
            ::askfirst:-/bin/sh
            ::ctrlaltdel:/bin/reboot
            ::once:test -x /bin/none

            """,
            "/c/bin/getty": "x",
            "/c/etc/init.d/rcS": "#!/bin/sh\n/bin/udhcpc -i eth0\nif true; then\n/bin/no\nfi\n",
            "/c/usr/share/udhcpc/default.script": "#!/bin/sh\n",
        ])

    private func facts(
        _ change: (inout MemoryFiles) -> Void, settings: [(String, String)] = []
    ) -> Facts {
        var files = Self.busybox
        change(&files)
        var facts = Facts.alices()
        facts.target.container = "web"
        facts.config = ContainerConfig(path: "/home/alice/c", exists: true)
        facts.config.set("lxc.rootfs.path", to: "dir:/c")
        let nic = [("lxc.net.0.type", "veth"), ("lxc.net.0.link", "lxcbr0")]
        for (key, value) in nic + settings { facts.config.set(key, to: value) }
        facts.files = .observe(facts.config, of: "web", from: &files)
        return facts
    }

    private func said(_ findings: [Finding]) -> [String] {
        findings.filter { $0.verdict != .ok }.map { "\($0.verdict) \($0.place): \($0.message)" }
    }

    @Test("nothing is reported about a healthy container")
    func healthy() {
        let healthy = facts({ _ in })
        #expect(said(Boot.run(healthy) + ContainerNetwork.run(healthy) + Init.run(healthy)) == [])
        #expect(Boot.run(healthy).map(\.verdict) == [.ok])
        #expect(ContainerNetwork.run(healthy).map(\.verdict) == [.ok])
    }

    @Test("the programs of inittab and of its scripts are examined")
    func table() {
        var found = Boot.run(facts { $0.modes["/c/etc/init.d/rcS"] = 0o644 })
        #expect(found.map(\.place) == ["/c/etc/inittab:2"] && found[0].verdict == .problem)
        #expect(found[0].message.hasPrefix("/etc/init.d/rcS is not executable"))
        found = Boot.run(facts { $0.links["/c/bin/sh"] = "/opt/sh" })
        #expect(
            said(found).map { $0.prefix { $0 != ":" } } == [
                "problem /c/etc/inittab", "warning /c/etc/inittab",
            ])
        #expect(found[0].message.contains("needs /bin/sh, which the container does not have"))
        #expect(found[1].message.contains("leads through a symbolic link to /opt/sh"))
        found = Boot.run(facts { $0.texts["/c/bin/getty"] = nil })
        #expect(found.map(\.verdict) == [.warning] && found[0].place == "/c/etc/inittab:3")
        found = Boot.run(facts { $0.texts["/c/etc/passwd"] = nil })
        #expect(found.map(\.place) == ["/etc/passwd"])
        found = Boot.run(facts { $0.modes["/c/etc/passwd"] = 0o600 })
        #expect(found.map(\.verdict) == [.warning])
    }

    @Test("an inittab that starts nothing is reported")
    func emptyTable() {
        var found = Boot.run(facts { $0.texts["/c/etc/inittab"] = "# nothing\n" })
        #expect(found.map(\.verdict) == [.problem] && found[0].message.contains("no line"))
        found = Boot.run(facts { $0.texts["/c/etc/inittab"] = "::sysinit:/etc/init.d/rcS\r\n" })
        #expect(found.map(\.verdict) == [.problem] && found[0].message.contains("CR LF"))
    }

    @Test("a dangling link to init is reported with its target")
    func dangling() {
        let found = Init.run(facts { $0.links["/c/sbin/init"] = "/opt/init" })
        #expect(found.map(\.message).first?.contains("is a symbolic link to /opt/init") == true)
    }

    @Test("systemd needs a default target in one of its unit directories")
    func target() {
        func found(_ change: (inout MemoryFiles) -> Void) -> [Finding] {
            Boot.run(
                facts {
                    $0.links["/c/sbin/init"] = "/usr/lib/systemd/systemd"
                    $0.texts["/c/usr/lib/systemd/systemd"] = "x"
                    $0.texts["/c/usr/lib/systemd/system/multi-user.target"] = ""
                    $0.links["/c/usr/lib/systemd/system/default.target"] = "multi-user.target"
                    change(&$0)
                })
        }
        let link = "/c/etc/systemd/system/default.target"
        #expect(found { _ in }.isEmpty)
        #expect(found { $0.links[link] = "/lib/systemd/system/multi-user.target" }.isEmpty)
        #expect(found { $0.links[link] = "/lib/systemd/system/none.target" }.count == 1)
        #expect(found { $0.links[link] = "/dev/null" }[0].message.contains("masked"))
        #expect(
            found { $0.links["/c/usr/lib/systemd/system/default.target"] = nil }.count == 1)
    }

    @Test("OpenRC needs its services, and a service for the network")
    func runlevels() {
        func found(_ change: (inout MemoryFiles) -> Void) -> [Finding] {
            Boot.run(
                facts {
                    $0.texts["/c/etc/init.d/networking"] = "#!/bin/sh\n"
                    $0.texts["/c/etc/init.d/crond"] = "#!/bin/sh\n"
                    $0.links["/c/etc/runlevels/boot/networking"] = "/etc/init.d/networking"
                    $0.links["/c/etc/runlevels/default/crond"] = "/etc/init.d/crond"
                    change(&$0)
                }
            ).filter { $0.verdict != .ok }
        }
        #expect(found { _ in }.isEmpty)
        #expect(found { $0.texts["/c/etc/init.d/crond"] = nil }.count == 1)
        #expect(found { $0.links["/c/etc/runlevels/boot/networking"] = nil }.count == 1)
    }

    @Test("the script of udhcpc must exist, even if its directory cannot be searched")
    func script() {
        let path = "/c/usr/share/udhcpc/default.script"
        func found(_ change: (inout MemoryFiles) -> Void) -> [String] {
            ContainerNetwork.run(facts(change)).filter { $0.verdict != .ok }.map(\.place)
        }
        #expect(found { $0.texts[path] = nil } == ["/c/etc/init.d/rcS:2"])
        #expect(found { $0.modes[path] = 0o644 } == ["/c/etc/init.d/rcS:2"])
        #expect(found { $0.closed = ["/c/usr/share/udhcpc"] } == [])
        #expect(
            found {
                $0.closed = ["/c/usr/share/udhcpc"]
                $0.texts[path] = nil
                $0.texts["/c/usr/share/udhcpc/other"] = ""
            } == ["/c/etc/init.d/rcS:2"])
        let words = { (text: String) in text.split(separator: " ").map { UntrustedText($0) } }
        let command = UdhcpcCommand(words("/bin/busybox udhcpc -b -ieth1 --script=/s"))
        #expect(command?.interface == .some("eth1") && command?.script == .some("/s"))
        #expect(UdhcpcCommand(words("/bin/echo udhcpc")) == nil)
    }

    @Test("a container whose init starts nothing that can set up its NIC is reported")
    func unset() {
        func found(_ script: String, _ table: String = "") -> [Finding.Verdict] {
            ContainerNetwork.run(
                facts {
                    $0.texts["/c/etc/init.d/rcS"] = script
                    if !table.isEmpty { $0.texts["/c/etc/inittab"] = table }
                }
            ).map(\.verdict).filter { $0 != .ok }
        }
        #expect(found("#!/bin/sh\n/bin/syslogd\n") == [.warning])
        for script in [
            "ip link set eth0 up", "dhclient", "/sbin/ifup -a", "for a in /etc/init.d/S*; do",
            ". /etc/network",
        ] {
            #expect(found("#!/bin/sh\n\(script)\n") == [])
        }
        let table = "::sysinit:/etc/init.d/rcS\n"
        #expect(found("#!/bin/sh\n", table) == [.warning])
        #expect(found("#!/bin/sh\n", table + "::once:/bin/udhcpc -f\n") == [])
        #expect(found("#!/bin/sh\n", table + "::sysinit:/sbin/openrc boot\n") == [])
    }

    @Test("a NIC whose name is not in the container's network configuration is reported")
    func names() {
        func found(_ name: String?, _ change: (inout MemoryFiles) -> Void) -> [Finding] {
            ContainerNetwork.run(
                facts(
                    {
                        $0.texts["/c/etc/init.d/rcS"] = "#!/bin/sh\nifup -a\n"
                        $0.texts["/c/sbin/dhclient"] = "x"
                        change(&$0)
                    }, settings: name.map { [("lxc.net.0.name", $0)] } ?? [])
            ).filter { $0.verdict != .ok }
        }
        let interfaces = "auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet dhcp\n"
        #expect(found("ens3") { _ in }.isEmpty)
        let other = found("ens3") { $0.texts["/c/etc/network/interfaces"] = interfaces }
        #expect(other.map(\.verdict) == [.warning])
        #expect(other[0].message.contains("eth0 (/c/etc/network/interfaces:3)"))
        #expect(
            other[0].fixes.last
                == .command("sed -i -E '1s/=.*/= eth0/' /home/alice/c", by: .user))
        #expect(found(nil) { $0.texts["/c/etc/network/interfaces"] = interfaces }.isEmpty)
        let unit = "[Match]\nName=en* eth1\n[Network]\nDHCP=yes\n"
        #expect(found("ens3") { $0.texts["/c/etc/systemd/network/a.network"] = unit }.isEmpty)
        #expect(found(nil) { $0.texts["/c/etc/systemd/network/a.network"] = unit }.count == 1)
        #expect(
            found(nil) { $0.texts["/c/etc/systemd/network/a.network"] = "[Network]\n" }.isEmpty)
        let plan = "network:\n  ethernets:\n    ens18:\n      dhcp4: true\n"
        #expect(found(nil) { $0.texts["/c/etc/netplan/1.yaml"] = plan }.count == 1)
        #expect(found("ens18") { $0.texts["/c/etc/netplan/1.yaml"] = plan }.isEmpty)
        #expect(
            found(nil) {
                $0.texts["/c/etc/netplan/1.yaml"] = plan
                $0.texts["/c/etc/NetworkManager/x"] = ""
            }.isEmpty)
        #expect(
            found(nil) { $0.texts["/c/etc/sysconfig/network-scripts/ifcfg-ens3"] = "" }.count == 1)
        // An interface that the container makes itself.
        let bridge = "auto br0\niface br0 inet dhcp\nbridge_ports eth0\n"
        #expect(found(nil) { $0.texts["/c/etc/network/interfaces"] = bridge }.isEmpty)
        #expect(
            found(nil) {
                $0.texts["/c/etc/network/interfaces"] = interfaces
                $0.texts["/c/sbin/dhclient"] = nil
                $0.texts["/c/bin/udhcpc"] = nil
            }.map(\.verdict) == [.problem])
    }

    @Test("a container without a NIC is reported if its files set one up")
    func withoutNIC() {
        func found(_ type: String) -> [Finding] {
            ContainerNetwork.run(facts({ _ in }, settings: [("lxc.net.0.type", type)]))
                .filter { $0.verdict != .ok }
        }
        #expect(found("empty").map(\.verdict) == [.warning])
        #expect(found("veth").isEmpty)
    }

    @Test("a link to a resolv.conf that no program creates is reported")
    func resolver() {
        func found(_ target: String, _ change: (inout MemoryFiles) -> Void = { _ in })
            -> [Finding]
        {
            ContainerResolver.run(
                facts {
                    $0.links["/c/etc/resolv.conf"] = target
                    change(&$0)
                })
        }
        let stub = "../run/systemd/resolve/stub-resolv.conf"
        #expect(found(stub).map(\.verdict) == [.warning])
        #expect(
            found(stub) {
                $0.links["/c/sbin/init"] = "/lib/systemd/systemd"
                $0.texts["/c/lib/systemd/systemd"] = "x"
                $0.texts["/c/lib/systemd/systemd-resolved"] = "x"
            }.isEmpty)
        #expect(found("/run/other/resolv.conf").isEmpty)
        #expect(found("/etc/resolv.old").map(\.verdict) == [.warning])
    }

    @Test("a root file system that is itself a link is reported")
    func link() {
        let found = Rootfs.run(
            facts {
                $0.links["/c"] = "/d"
                $0.texts["/d/x"] = ""
            })
        #expect(found.contains { $0.message.contains("is a symbolic link to /d") })
    }

    @Test(
        "a pattern matches as in a shell; a bracket expression is assumed to match",
        arguments: [
            ("eth0", "eth0", true), ("e*", "eth0", true), ("en*", "eth0", false),
            ("*0", "eth10", true), ("eth?", "eth0", true), ("eth?", "eth", false),
            ("*", "", true), ("a*b*c", "axbxbc", true), ("e[a-z]s*", "ens3", true),
        ])
    func patterns(pattern: String, name: String, matches: Bool) {
        #expect(UntrustedText(pattern).matches(UntrustedText(name)) == matches)
    }
}
