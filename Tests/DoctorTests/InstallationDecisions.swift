import Linux
import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about the installation")
struct InstallationDecisions {
    private func fixes(_ kind: InstalledFile.Kind, owner: UInt32 = 0, _ mode: UInt32) -> [Fix] {
        var facts = Facts.alices()
        var file = FileAttributes(owner: UserID(owner), group: GroupID(0), mode: mode)
        file.kind = kind == .directory ? .directory : .regular
        facts.installation.files = [InstalledFile("/usr/libexec/berth", kind, file)]
        return InstalledFiles.run(facts).flatMap(\.fixes)
    }

    @Test("a file that others can write is given back to root, and a setuid bit is set last")
    func modes() {
        let path = "/usr/libexec/berth"
        #expect(fixes(.file, 0o644).isEmpty)
        #expect(fixes(.file, 0o664) == [.command("chmod go-w \(path)", by: .root)])
        #expect(
            fixes(.setuidProgram, owner: 7, 0o4755) == [
                .command("chown root:root \(path)", by: .root),
                .command("chmod 4755 \(path)", by: .root),
            ])
        #expect(fixes(.setuidProgram, 0o755) == [.command("chmod 4755 \(path)", by: .root)])
        #expect(fixes(.setuidProgram, 0o4755).isEmpty)
        #expect(fixes(.privateFile, 0o600).isEmpty)
        #expect(fixes(.privateFile, 0o640) == [.command("chmod 600 \(path)", by: .root)])
        #expect(fixes(.directory, 0o755).isEmpty)
        #expect(fixes(.directory, 0o700) == [.command("chmod 755 \(path)", by: .root)])
        #expect(fixes(.directory, 0o777) == [.command("chmod go-w \(path)", by: .root)])
    }

    @Test("what cannot be examined is unknown, and not a problem")
    func unknown() {
        var facts = Facts.alices()
        facts.installation.files = [InstalledFile("/run/lxc/nics", .privateFile, nil)]
        #expect(InstalledFiles.run(facts).map(\.verdict) == [.unknown])
        facts.installation.ledger.isReadable = false
        #expect(StateFiles.run(facts).map(\.verdict) == [.unknown])
        facts.installation.ledger.isReadable = true
        #expect(StateFiles.run(facts).map(\.verdict) == [.ok])
        facts.installation.ledger.damagedLines = [3]
        #expect(StateFiles.run(facts).map(\.place) == ["/run/lxc/nics:3"])
    }

    @Test("the path of the helper is read from liblxc")
    func helperPath() {
        let name = Array("/lxc-user-nic".utf8)
        func found(_ text: String) -> String? {
            LXCLibrary.text(endingIn: name, in: Array(text.utf8))
        }
        #expect(
            found("Failed to exec lxc-user-nic\0/usr/libexec/lxc/lxc-user-nic\0x")
                == "/usr/libexec/lxc/lxc-user-nic")
        #expect(found("/run/wrappers/bin/lxc-user-nic\0") == "/run/wrappers/bin/lxc-user-nic")
        #expect(found("a /b/lxc-user-nic\0") == nil)
        #expect(found("/lib/lxc-user-nics\0/lxc-user-nic") == nil)
    }

    @Test("LXC's own helper is replaced only if berth-nic is installed")
    func stockHelper() {
        var facts = Facts.alices()
        facts.helpers[0].isBerthNIC = false
        #expect(Helper.run(facts).map(\.verdict) == [.ok])
        facts.installation.berthNIC = "/usr/libexec/berth/berth-nic"
        let stock = "/bin/lxc-user-nic"
        #expect(
            Helper.run(facts).flatMap(\.fixes) == [
                .command("mv \(stock) \(stock).lxc", by: .root),
                .command("ln -sf /usr/libexec/berth/berth-nic \(stock)", by: .root),
                .command("chmod u-s \(stock).lxc", by: .root),
            ])
        facts.helpers[0].isBerthNIC = true
        #expect(Helper.run(facts).map(\.verdict) == [.ok])
    }

    @Test("how berth-nic looks up names is reported, and a missing berth-nic.nss is a problem")
    func accounts() {
        var facts = Facts.alices()
        #expect(AccountNames.run(facts).isEmpty)
        func verdict(_ way: AccountFacts.Way) -> Finding.Verdict? {
            facts.accounts.way = way
            return AccountNames.run(facts).first?.verdict
        }
        #expect(verdict(.files) == .ok)
        #expect(verdict(.nss) == .ok)
        #expect(verdict(.nssProgram(ProgramFacts(name: "berth-nic.nss", path: "/a"))) == .ok)
        #expect(verdict(.nssProgram(ProgramFacts(name: "berth-nic.nss"))) == .problem)
        #expect(verdict(.insufficientFiles) == .problem)
    }

    @Test("a clock that was set back is reported, and one that is a little behind is not")
    func clock() {
        var facts = Facts.alices()
        func verdict(_ now: UInt64, _ lease: UInt64?) -> Finding.Verdict? {
            facts.installation.clock = ClockFacts(now: now, latestLease: lease)
            return ClockCheck.run(facts).first?.verdict
        }
        let now = ClockFacts.earliest + 1_000_000
        #expect(verdict(now, nil) == .ok)
        #expect(verdict(now, now + 60) == .ok)
        #expect(verdict(now, now + 600) == .warning)
        #expect(verdict(0, nil) == .warning)
    }

    @Test("missing modules are reported only on a kernel that has to load them")
    func modules() {
        var facts = Facts.alices()
        #expect(KernelModulesCheck.run(facts).isEmpty)
        facts.installation.modules.missing = ["veth"]
        #expect(KernelModulesCheck.run(facts).map(\.verdict) == [.warning])
        facts.installation.modules.missingDirectory = "/lib/modules/6.1.0"
        #expect(
            KernelModulesCheck.run(facts).flatMap(\.fixes) == [.command("reboot", by: .root)])
    }

    @Test("the name servers of a resolv.conf are read as a resolver reads them")
    func nameServers() {
        let file = """
            # nameserver 10.0.0.1
            search lxc
            nameserver 10.0.3.1
              nameserver fe80::1%eth0
            nameserver nonsense
            nameserver\t::1
            nameserver 10.0.3.3
            """
        #expect(
            NameServerFacts.addresses(in: Array(file.utf8)).map(\.text)
                == ["10.0.3.1", "fe80::1", "::1"])
        #expect(NameServerFacts.isLoopback([127, 0, 0, 53]))
        #expect(!NameServerFacts.isLoopback([10, 0, 3, 1]))
    }

    @Test("a query for a name is well formed, and only its own answer counts")
    func query() {
        let query = NameServerProbe.query(for: "_a.lxc", 0x1234)
        #expect(
            query == [
                0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0x5f, 0x61, 3, 0x6c, 0x78, 0x63, 0, 0,
                1, 0, 1,
            ])
        var answer = query
        #expect(!NameServerProbe.isAnswer(answer, to: query))
        answer[2] = 0x81
        #expect(NameServerProbe.isAnswer(answer, to: query))
        answer[0] = 0
        #expect(!NameServerProbe.isAnswer(answer, to: query))
        #expect(!NameServerProbe.isAnswer([0x12], to: query))
    }
}
