import Cgroups
import Delegation
import Linux
import Testing

/// Decisions that need no kernel.
@Suite struct Decisions {
    @Test(
        "values that set no limit are recognized",
        arguments: [
            ("memory.max", "max\n"), ("memory.high", "max\n"), ("pids.max", "max\n"),
            ("cpu.max", "max 100000\n"), ("cpu.uclamp.max", "max\n"), ("cpu.weight", "100\n"),
            ("cpuset.cpus", "\n"), ("cpuset.mems", ""), ("io.max", ""),
            ("io.weight", "default 100\n"),
            ("io.max", "8:0 rbps=max wbps=max riops=max wiops=max\n"), ("cgroup.freeze", "0\n"),
            ("rdma.max", "mlx4_0 hca_handle=max hca_object=max\n"),
            ("misc.max", "res_a max\nres_b max\n"),
            ("hugetlb.2MB.rsvd.max", "9223372036854771712\n"), ("cpu.idle", "0\n"),
            ("io.prio.class", "no-change\n"), ("dmem.max", "drm/0000:03:00.0/vram0 max\n"),
        ])
    func unlimited(file: String, text: String) throws {
        let rule = try #require(LimitFiles.rule(for: bytes(file)))
        #expect(rule.isInitial(bytes(text)))
        #expect(!rule.restricts(bytes(text)))
    }

    @Test(
        "values that set a limit are recognized",
        arguments: [
            ("memory.max", "41943040\n"), ("memory.swap.max", "0\n"), ("pids.max", "100\n"),
            ("cpu.max", "50000 100000\n"), ("cpu.weight", "50\n"), ("cpuset.cpus", "0-1\n"),
            ("io.max", "8:0 rbps=max wbps=1048576 riops=max wiops=max\n"), ("cgroup.freeze", "1\n"),
            ("misc.max", "res_a max\nres_b 3\n"), ("io.weight", "default 100\n8:0 50\n"),
            ("rdma.max", "mlx4_0 hca_handle=2 hca_object=max\n"), ("cpu.idle", "1\n"),
            ("memory.zswap.max", "4096\n"), ("something.new.max", "7\n"),
            ("io.latency", "8:0 target=75\n"),
        ])
    func limited(file: String, text: String) throws {
        let rule = try #require(LimitFiles.rule(for: bytes(file)))
        #expect(!rule.isInitial(bytes(text)))
        #expect(rule.restricts(bytes(text)))
    }

    @Test(
        "a greater weight restricts nothing, but is not the initial one",
        arguments: ["101\n", "9800\n", "10000\n"])
    func weight(text: String) throws {
        let rule = try #require(LimitFiles.rule(for: bytes("cpu.weight")))
        #expect(!rule.restricts(bytes(text)))
        #expect(!rule.isInitial(bytes(text)))
    }

    @Test(
        "other files of a cgroup are not treated as limit files",
        arguments: [
            "cgroup.procs", "cgroup.max.depth", "cgroup.max.descendants", "memory.current",
            "cpu.stat",
            "memory.low", "memory.events", "pids.peak",
        ])
    func others(file: String) {
        #expect(LimitFiles.rule(for: bytes(file)) == nil)
    }

    @Test("a line grants those of its controllers that the host supports")
    func controllers() throws {
        let host = Controller.list(bytes("cpuset cpu io memory pids"))
        func given(_ line: String, _ host: [Controller]) throws -> String {
            try UsercgroupEntry(bytes(line)[...], line: 1).controllers(of: host).sentence
        }
        #expect(try given("eve *", host) == "cpuset cpu io memory pids")
        #expect(try given("eve pids,memory,rdma", host) == "memory pids")
        // With only threaded controllers no container would start.
        let crippled = Controller.list(bytes("cpuset cpu pids"))
        #expect(try given("eve *", crippled) == "")
        #expect(try given("eve memory,pids", crippled) == "")
        let needs = try UsercgroupEntry(
            bytes("eve memory pids.max=9 cgroup.max.depth=5")[...], line: 1)
        #expect(needs.needs(of: host).sentence == "memory pids")
    }

    @Test(
        "valid lines are parsed with their limits",
        arguments: [
            ("eve memory memory.max=8G", "memory.max=8G"),
            (#"eve * cpu.max=50000\040100000"#, #"cpu.max=50000\040100000"#),
            ("\teve\t* # all\r", ""),
            (
                "@staff *  pids.max=max  cgroup.max.descendants=9 ",
                "pids.max=max cgroup.max.descendants=9"
            ),
            ("eve * hugetlb.2MB.max=0 io.weight=50", "hugetlb.2MB.max=0 io.weight=50"),
        ])
    func lines(text: String, limits: String) throws {
        let grant = try UsercgroupEntry(bytes(text)[...], line: 7)
        #expect(grant.limits.map { $0.description }.joined(separator: " ") == limits)
        #expect(grant.line == 7)
    }

    @Test(
        "invalid lines are rejected",
        arguments: [
            "eve", "@ *", "eve cpu", "eve cpu,cpuset,pids,perf_event", "eve memory,", "eve ,",
            "eve Memory",
            "eve memory;pids", "eve * memory.max", "eve * =8G", "eve * memory.max=", "eve * max=1",
            "eve * memory.max=8G memory.max=9G", "eve * cgroup.procs=1", "eve * cgroup.kill=1",
            "eve * cgroup.subtree_control=+cpu", "eve * cgroup.type=threaded",
            "eve * memory.reclaim=1G",
            "eve * memory..max=1", "eve * memory.max=8GB", "eve * memory.max=-1",
            "eve * pids.max=1e3",
            "eve * ../x=1", "eve * memory/max=1", "eve * memory.max=99999999999999999999999",
            #"eve * memory.max=8G\012x"#, "eve * cgroup.max.depth=x",
        ])
    func faults(text: String) {
        let error = #expect(throws: UsercgroupEntry.ParseError.self) {
            try UsercgroupEntry(bytes(text)[...], line: 1)
        }
        #expect(error?.description.isEmpty == false)
    }

    @Test("the first line applies, and nothing is granted if it is invalid")
    func firstLine() throws {
        let policy = UsercgroupFile(bytes("# c\nbob *\neve nothing=1\neve *\n\n@x *"))
        func decision(_ name: String) -> UsercgroupFile.Decision {
            policy.decision { $0.elementsEqual(name.utf8) }
        }
        if case .granted(let entry) = decision("bob") {
            #expect(entry.line == 2)
        } else {
            Issue.record("bob is granted nothing")
        }
        if case .notListed = decision("nobody") {} else { Issue.record("nobody is listed") }
        if case .invalid(let invalid) = decision("eve") {
            #expect(invalid.line == 3)
        } else {
            Issue.record("the invalid line is not the result")
        }
        #expect(policy.entries.count == 4)
    }

    @Test("a value above what any machine can have is not a limit")
    func unlimited() throws {
        let rule = try #require(LimitFiles.rule(for: Array("hugetlb.2MB.max".utf8)))
        // The values in a new cgroup of Linux 6.1 and 6.18.
        #expect(rule.isInitial(Array("max\n".utf8)))
        #expect(rule.isInitial(Array("9223372036854771712\n".utf8)))
        #expect(!rule.isInitial(Array("1099511627776\n".utf8)))
        #expect(!rule.isInitial(Array("0\n".utf8)))
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
