import Foundation
import Linux
import Terminal
import Testing

// The types of facts are internal to the module. Their initializers can describe any host.
@testable import Doctor

/// Checks of facts that no test host can have.
@Suite
struct Decisions {
    @Test("a bridge that ignores VLANs is a problem for a user whose line has a VLAN")
    func vlans() {
        var facts = Facts.alices()
        facts.usernet.quotas[0].lines = [
            .init(number: 4, count: 10, options: ["vlan=20"], vlan: 20)
        ]
        let finding = Bridge.run(facts)[0]
        #expect(finding.verdict == .problem)
        #expect(finding.message.contains("line 4 of /etc/lxc/lxc-usernet"))
        #expect(
            finding.fixes == [
                .advice(
                    "as root, add LXC_VLAN_AWARE=\"true\" to the settings of lxcbr0, and run "
                        + "berth-net reload")
            ])
        facts.network.networks = []
        #expect(
            Bridge.run(facts)[0].fixes
                == [.command("ip link set lxcbr0 type bridge vlan_filtering 1", by: .root)])
        #expect(Quota.run(facts)[0].message.hasSuffix(", with vlan=20"))
        facts.usernet.quotas[0].interface?.isVLANAware = true
        #expect(Bridge.run(facts).map(\.verdict) == [.ok])
    }

    @Test("all findings of a healthy host are ok")
    func healthy() {
        #expect(Checks.findings(host()).allSatisfy { $0.verdict == .ok })
        #expect(Checks.findings(host()).map(\.check).contains("own-cgroup"))
    }

    @Test("kernel settings that prevent user namespaces are reported")
    func kernel() {
        var facts = host()
        facts.kernel.unprivilegedClone = 0
        facts.kernel.maxUserNamespaces = 0
        facts.kernel.appArmorRestricts = 1
        let findings = UserNamespaces.run(facts)
        #expect(findings.map(\.verdict) == [.problem, .problem, .warning])
        #expect(
            findings[0].fixes == [
                .command("sysctl -w kernel.unprivileged_userns_clone=1", by: .root),
                .line(
                    "kernel.unprivileged_userns_clone = 1", to: "/etc/sysctl.d/60-berth.conf",
                    by: .root),
            ])
        facts.kernel.hasUserNamespaces = false
        #expect(UserNamespaces.run(facts).map(\.verdict) == [.problem])
    }

    @Test("missing programs are reported, and file capabilities replace the setuid bit")
    func programs() {
        var facts = host()
        facts.mappingPrograms[0] = ProgramFacts(name: "newuidmap")
        facts.installation.packageManager = .apt
        #expect(
            IDMapPrograms.run(facts)[0].fixes
                == [.command("apt-get install uidmap", by: .root)])
        var file = FileAttributes(owner: .root, group: GroupID(0), mode: 0o755)
        file.hasCapabilities = true
        facts.mappingPrograms[0] = ProgramFacts(
            name: "newuidmap", path: "/usr/bin/newuidmap", file: file)
        #expect(IDMapPrograms.run(facts)[0].verdict == .ok)
        facts.helpers = []
        #expect(Helper.run(facts)[0].verdict == .problem)
        facts.installation.lxcStart = nil
        #expect(LXC.run(facts)[0].fixes == [.command("apt-get install lxc", by: .root)])
    }

    @Test("a program that others could change is not made setuid without a warning")
    func foreignProgram() {
        var facts = host()
        for (owner, mode, isDoubted) in [
            (UserID.root, UInt32(0o755), false), (.root, 0o775, true), (.root, 0o757, true),
            (UserID(1), 0o755, true),
        ] {
            facts.helpers[0].file = FileAttributes(
                owner: owner, group: GroupID(0), mode: mode)
            let fixes = Helper.run(facts)[0].fixes
            #expect(fixes.last == .command("chmod 4755 /bin/lxc-user-nic", by: .root))
            #expect(fixes.count == (isDoubted ? 3 : 1))
            if case .advice = fixes[0] { #expect(isDoubted) } else { #expect(!isDoubted) }
        }
        facts.helpers[0].realPath = "/nix/store/x/lxc-user-nic"
        guard case .advice = Helper.run(facts)[0].fixes[0] else {
            Issue.record("a command that changes a read-only store")
            return
        }
    }

    @Test("subordinate IDs that two users have are reported, and the first free range is found")
    func sharedNumbers() {
        var facts = host()
        facts.subordinate.users = SubuidRange.parse(
            Array("alice:100000:65536\n# no\nbob:165535:65536\nbad:x:1\n".utf8))
        #expect(facts.subordinate.users.map(\.line) == [1, 3])
        #expect(SubuidRanges.run(facts)[0].verdict == .warning)
        #expect(facts.subordinate.free == 262144)
        facts.subordinate.isElsewhere = true
        #expect(SubuidRanges.run(facts).map(\.verdict) == [.unknown])
    }

    @Test("search permission comes from the mode or from the access control list")
    func search() {
        let (owner, other) = (UserID(1000), UserID(100_000))
        var file = FileAttributes(owner: owner, group: GroupID(1000), mode: 0o750)
        #expect(file.permits(owner, [], .search))
        #expect(!file.permits(other, [GroupID(100_000)], .search))
        #expect(file.permits(other, [GroupID(1000)], .search))
        // user::rwx user:100000:--x group::r-x mask::r-x other::---
        file.list = POSIXACL(
            [2, 0, 0, 0] + entry(0x01, 7, .max) + entry(0x02, 1, 100_000) + entry(0x04, 5, .max)
                + entry(0x10, 5, .max) + entry(0x20, 0, .max))
        #expect(file.permits(other, [], .search))
        #expect(!file.permits(other, [], .read))
        #expect(!file.permits(UserID(100_001), [], .search))
        #expect(POSIXACL([2, 0, 0]) == nil)
    }

    @Test("root is told to open only directories on the path to the user's home")
    func wayElsewhere() {
        var facts = host()
        let closed = FileAttributes(owner: .root, group: GroupID(0), mode: 0o700)
        for (path, isCommand) in [
            ("/home", true), ("/home/alice", true), ("/root", false), ("/home/alice2", false),
            // A home may contain a link to anywhere.
            ("/home/alice/x", false), ("/home/alice/../bob", false),
        ] {
            facts.searchPermission.steps = [.init(path: UntrustedText(path), file: closed)]
            for finding in SearchPermission.run(facts) {
                #expect(finding.verdict == .problem)
                if case .command = finding.fixes[0] {
                    #expect(isCommand, "\(path)")
                } else {
                    #expect(!isCommand, "\(path)")
                }
            }
        }
        let own = FileAttributes(owner: UserID(1000), group: GroupID(1000), mode: 0o700)
        facts.searchPermission.steps = [.init(path: "/home/alice/a", file: own)]
        #expect(
            SearchPermission.run(facts)[0].fixes
                == [.command("chmod o+x /home/alice/a", by: .user)])
        // No command contains such a path.
        facts.searchPermission.steps = [.init(path: "/home/alice/a b$(c)\u{1b}[2J", file: own)]
        guard case .advice = SearchPermission.run(facts)[0].fixes[0] else {
            Issue.record("\(SearchPermission.run(facts)[0].fixes)")
            return
        }
        #expect(SearchPermission.run(facts)[0].place == #""/home/alice/a\040b$(c)\033[2J""#)
        // The directory belongs to the container's root, which alice can become.
        let ofContainer = FileAttributes(owner: UserID(100_000), group: GroupID(1000), mode: 0o700)
        facts.searchPermission.steps = [.init(path: "/home/alice/web", file: ofContainer)]
        #expect(
            SearchPermission.run(facts)[0].fixes == [
                .command(
                    "lxc-usernsexec -m u:0:100000:1 -m g:0:100000:1 -- chmod g+x /home/alice/web",
                    by: .user)
            ])
    }

    @Test(
        "what each AppArmor profile breaks is reported, for users and for root",
        arguments: [
            ("generated", true, nil, .problem, .ok), ("generated", false, nil, .problem, .warning),
            ("unconfined", false, nil, .warning, .warning),
            ("unconfined", false, true, .ok, .warning),
            (AppArmorFacts.defaultProfile, false, nil, .warning, .warning),
            (AppArmorFacts.defaultProfile, false, true, .problem, .warning),
            (AppArmorFacts.defaultProfile, false, false, .ok, .ok),
            ("mine", false, nil, .ok, .ok),
        ] as [(String, Bool, Bool?, Finding.Verdict, Finding.Verdict)])
    func profiles(
        profile: String, nests: Bool, systemd: Bool?, user: Finding.Verdict, root: Finding.Verdict
    ) {
        var facts = host()
        facts.appArmor = AppArmorFacts(
            isEnabled: true, profile: UntrustedText(profile), runsSystemd: systemd)
        facts.config.set("lxc.apparmor.allow_nesting", to: nests ? "1" : "0")
        #expect(AppArmor.run(facts).map(\.verdict) == [user])
        let account = Account(
            name: Array("root".utf8), user: .root, group: GroupID(0), home: Array("/root".utf8))
        facts.target = TargetUser(account, groups: [GroupID(0)])
        #expect(AppArmor.run(facts).map(\.verdict) == [root])
    }

    @Test("a profile that is not loaded is loaded from its file, or replaced if no file defines it")
    func profileNotLoaded() {
        var facts = host()
        facts.appArmor = AppArmorFacts(isEnabled: true, profile: "mine", isLoaded: false)
        facts.config.userDefaults = "/home/alice/.config/lxc/default.conf"
        #expect(
            AppArmor.run(facts)[0].fixes == [
                .line(
                    "lxc.apparmor.profile = lxc-container-default-cgns",
                    to: "/home/alice/.config/lxc/default.conf", by: .user)
            ])
        facts.appArmor.file = "/etc/apparmor.d/mine"
        #expect(
            AppArmor.run(facts)[0].fixes
                == [.command("apparmor_parser -r /etc/apparmor.d/mine", by: .root)])
    }

    @Test("with systemd, the user's manager must run, and cgroups of Berth are not needed")
    func systemd() {
        var facts = host()
        facts.cgroups = CgroupFacts(isSystemd: true, hasUserManager: false)
        #expect(
            Session.run(facts).map(\.fixes)
                == [[.command("loginctl enable-linger alice", by: .root)]])
        #expect(LXCUsercgroup.run(facts).isEmpty && CgroupNode.run(facts).isEmpty)
        facts.cgroups.hasUserManager = true
        facts.session?.login = UserID(0)
        #expect(Session.run(facts).map(\.verdict) == [.warning])
    }

    @Test("the login user is unknown without pam_loginuid")
    func unknownLogin() {
        var facts = host()
        #expect(Session.run(facts).map(\.verdict) == [.ok])
        facts.session?.login = nil
        let findings = Session.run(facts)
        #expect(findings.map(\.verdict) == [.unknown])
        #expect(!findings[0].message.contains("logged in to"))
        // A certain fault is still reported.
        facts.session?.runtimeDirectory = "/run/user/0"
        facts.session?.runtimeOwner = .root
        #expect(Session.run(facts).map(\.verdict) == [.problem])
        var answer = Diagnosis()
        answer.users = [Diagnosis.UserReport(host().target, findings)]
        #expect(!answer.hasProblems)
        let text = DiagnosisText(TerminalCapabilities(colors: false, usesUnicode: false)).text(
            answer)
        #expect(text.hasSuffix("  no problems, no warnings, 1 unknown\n"), "\(text)")
    }

    @Test("a configuration is parsed as lxc parses it")
    func configuration() {
        var config = ContainerConfig()
        let text = """
            # lxc.idmap = u 0 1 1
            lxc.idmap = u 0 100000 65536
              lxc.idmap=g 0 100000 65536\r
            lxc.net.0.type = veth
            lxc.net.0.link = br0
            lxc.net.1.type = empty
            lxc.apparmor.profile = "generated"
            lxc.cgroup2.devices.allow = a
            lxc.cgroup2.memory.max = 1G
            nonsense
            """
        ConfigLine.forEach(in: Array(text.utf8)) { line, number in
            config.apply(line, at: ConfigPlace(file: "f", line: number))
            return true
        }
        #expect(config.idMap.count == 2 && config.root(.users) == 100_000)
        #expect(config.bridges == ["br0"] && config.appArmorProfile == "generated")
        #expect(config.limits == ["lxc.cgroup2.memory.max"])
        config.set("lxc.idmap", to: "")
        #expect(config.idMap.isEmpty)
        // IDs beyond 32 bits are ignored.
        config.set("lxc.idmap", to: "u 0 100001 18446744073709551615")
        config.set("lxc.idmap", to: "u 0 4294967296 1")
        #expect(config.idMap.isEmpty)
    }

    @Test("text fits 80 columns, commands stay whole, and colors are optional")
    func text() {
        var facts = host()
        facts.kernel.maxUserNamespaces = 0
        var answer = Diagnosis()
        answer.users = [Diagnosis.UserReport(facts.target, Checks.findings(facts))]
        let plain = DiagnosisText(TerminalCapabilities(colors: false, usesUnicode: false)).text(
            answer)
        #expect(plain.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(plain.contains("\n      # sysctl -w user.max_user_namespaces=28633\n"))
        #expect(!plain.contains("\u{1b}"))
        #expect(
            DiagnosisText(TerminalCapabilities(colors: true, usesUnicode: false)).text(answer)
                .contains(
                    "\u{1b}[31m"))
        #expect(answer.hasProblems && answer.json.contains("\"verdict\" : \"problem\""))
    }

    private func entry(_ tag: UInt8, _ bits: UInt8, _ id: UInt32) -> [UInt8] {
        [tag, 0, bits, 0] + (0..<4).map { UInt8(truncatingIfNeeded: id >> ($0 * 8)) }
    }

    private func host() -> Facts { .alices() }
}
