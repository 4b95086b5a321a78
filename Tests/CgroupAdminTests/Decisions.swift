import CgroupAdmin
import Cgroups
import Delegation
import Linux
import Testing

/// Decisions that need no cgroups.
@Suite
struct Decisions {
    private let host = Controller.list(Array("cpuset cpu io memory pids".utf8))

    private func entries(_ text: String) -> [UsercgroupEntry] {
        UsercgroupFile(Array(text.utf8)).entries.compactMap { try? $0.get() }
    }

    @Test("the controllers of all lines and limits are required, in the order of the kernel")
    func wanted() {
        let wanted = RequiredControllers(
            entries("a pids,memory\n@b io,memory cpu.max=max"), of: host)
        #expect(wanted.list.sentence == "cpu io memory pids")
        #expect(wanted.warnings.isEmpty)
        #expect(RequiredControllers(entries("a *"), of: host).list == host)
        #expect(RequiredControllers(entries(""), of: host).list.isEmpty)
    }

    @Test("controllers that the kernel lacks are reported with the line")
    func missing() {
        let small = Controller.list(Array("cpu pids".utf8))
        let wanted = RequiredControllers(entries("# memory is off\na cpu,memory\nb *"), of: small)
        // Only threaded ones remain, so none is enabled.
        #expect(wanted.list.isEmpty)
        #expect(wanted.warnings.count == 2)
        #expect(wanted.warnings[0].hasPrefix("/etc/lxc/lxc-usercgroup:2: the kernel lacks memory"))
        #expect(wanted.warnings[0].contains("cgroup_enable=memory"))
        #expect(wanted.warnings[1].hasPrefix("/etc/lxc/lxc-usercgroup:3: "))
        let some = RequiredControllers(entries("a io,rdma,misc"), of: host)
        #expect(some.list.sentence == "io")
        #expect(some.warnings == ["/etc/lxc/lxc-usercgroup:1: the kernel lacks rdma misc"])
    }

    @Test("a session origin is parsed as it was written, and nothing else is valid")
    func marks() throws {
        let origin = try #require(CgroupPath(Array("/berth/u1/run-a b".utf8)))
        let mark = SessionOrigin(process: ProcessID(77), startedAt: 123, origin: origin)
        #expect(String(decoding: mark.bytes, as: UTF8.self) == "77 123 /berth/u1/run-a b")
        #expect(SessionOrigin(mark.bytes) == mark)
        for text in ["", "77", "77 123", "77 123 ", "77 123 a", "0 1 /", "77 x /", "77 1 /../a"] {
            #expect(SessionOrigin(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
