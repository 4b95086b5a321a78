import Linux
import Testing

@testable import Doctor

/// The session of the user: its namespaces and its environment, and the files that it needs.
@Suite
struct SessionDecisions {
    private func file(_ mode: UInt32, _ owner: UserID = .root) -> FileAttributes {
        FileAttributes(owner: owner, group: GroupID(0), mode: mode)
    }

    @Test("in another namespace, checks of what is not visible there are omitted")
    func namespaces() {
        var facts = Facts.alices()
        #expect(SessionNamespaceCheck.run(facts).isEmpty)
        facts.namespaces.users = [.init(first: 0, count: 1 << 32)]
        #expect(SessionNamespaceCheck.run(facts).map(\.verdict) == [.ok])
        let all = Set(Checks.findings(facts).map(\.check))
        facts.namespaces.isInOtherNetwork = true
        var found = Checks.findings(facts)
        #expect(found[0].verdict == .problem && found[0].check == "session-namespaces")
        #expect(all.isSuperset(of: ["bridge", "forwarding"]))
        #expect(!found.contains { ["bridge", "dns", "forwarding"].contains($0.check) })
        #expect(found.contains { $0.check == "id-map" })
        facts.namespaces.isInOtherUserNamespace = true
        found = Checks.findings(facts)
        #expect(found.filter { $0.check == "session-namespaces" }.count == 3)
        #expect(!found.contains { ["id-map-programs", "helper"].contains($0.check) })
    }

    @Test("the IDs of a host that is a container are those of its own map")
    func ids() {
        let ids = [SessionNamespaces.IDs(first: 0, count: 65536), .init(first: 65536, count: 10)]
        #expect(SessionNamespaces.firstMissing(0, 65546, in: ids) == nil)
        #expect(SessionNamespaces.firstMissing(100, 65536, in: ids) == 65546)
        #expect(SessionNamespaces.firstMissing(100, 65536, in: []) == nil)
        var facts = Facts.alices()
        facts.config.path = "/home/alice/c"
        facts.namespaces.users = ids
        #expect(IDMap.run(facts).map(\.verdict) == [.problem])
        facts.namespaces.users = [.init(first: 0, count: 1 << 32)]
        #expect(IDMap.run(facts).map(\.verdict) == [.ok])
    }

    @Test("HOME must be the home directory of the account")
    func home() {
        var facts = Facts.alices()
        func verdict(_ home: UntrustedText?, _ real: UntrustedText) -> Finding.Verdict? {
            facts.session?.home = home
            facts.session?.files.home = home == nil ? nil : real
            facts.session?.files.accountHome = "/home/alice"
            return Session.run(facts).first?.verdict
        }
        #expect(verdict("/home/alice", "/home/alice") == .ok)
        #expect(verdict("/var/home/alice/", "/home/alice") == .ok)
        #expect(verdict("/root", "/root") == .problem)
        #expect(verdict(nil, "") == .problem)
    }

    @Test("the first newuidmap in PATH must be setuid")
    func searchPath() {
        var facts = Facts.alices()
        func verdicts(_ programs: [(UntrustedText, UInt32)]) -> [Finding.Verdict] {
            facts.session?.files.isSearchPathEmpty = false
            facts.session?.files.programs = [
                "newuidmap": programs.map {
                    SessionFiles.Program(path: $0.0, realPath: $0.0, file: file($0.1))
                }
            ]
            return IDMapPrograms.run(facts).map(\.verdict)
        }
        #expect(verdicts([("/bin/newuidmap", 0o4755)]) == [.ok, .ok])
        #expect(verdicts([("/n/newuidmap", 0o755), ("/bin/newuidmap", 0o4755)]).first == .problem)
        // The first one is not executable, so the second one is found.
        #expect(verdicts([("/n/newuidmap", 0o644), ("/bin/newuidmap", 0o4755)]).first == .ok)
        #expect(verdicts([("/n/newuidmap", 0o4755)]).first == .ok)
        #expect(verdicts([]).first == .problem)
    }

    @Test("system files must be readable by users")
    func systemFiles() {
        var facts = Facts.alices()
        func verdicts(_ purpose: SystemFileFacts.Purpose, _ mode: UInt32) -> [Finding.Verdict] {
            facts.systemFiles = [
                SystemFileFacts(path: "/etc/passwd", purpose: purpose, file: file(mode))
            ]
            return SystemFiles.run(facts).map(\.verdict)
        }
        #expect(verdicts(.accounts, 0o644) == [.ok] && verdicts(.accounts, 0o600) == [.problem])
        #expect(verdicts(.other("x"), 0o600) == [.warning])
        #expect(verdicts(.directory, 0o711) == [.ok] && verdicts(.directory, 0o700) == [.problem])
        #expect(verdicts(.temporary, 0o1777) == [.ok] && verdicts(.temporary, 0o755) == [.warning])
    }

    @Test("a devpts must be mounted on /dev/pts, and nothing over it")
    func terminals() {
        var facts = Facts.alices()
        func mount(_ id: String, _ parent: String, _ point: UntrustedText, _ type: UntrustedText)
            -> HostMounts.Mount
        {
            HostMounts.Mount(
                point: point, type: type, id: Array(id.utf8), parent: Array(parent.utf8))
        }
        let root = mount("1", "0", "/", "ext4")
        let pts = mount("2", "1", "/dev/pts", "devpts")
        func commands(_ mounts: HostMounts.Mount...) -> [Fix] {
            facts.mounts.all = mounts
            return Devices.run(facts).flatMap(\.fixes)
        }
        #expect(commands(root, pts).isEmpty)
        #expect(commands(root).count == 1)
        let over = mount("3", "2", "/dev/pts", "tmpfs")
        #expect(commands(root, over, pts) == [.command("umount /dev/pts", by: .root)])
        #expect(commands(root, mount("2", "1", "/dev/pts", "tmpfs")).count == 1)
        facts.mounts.all = []
        #expect(Devices.run(facts).isEmpty)
    }
}
