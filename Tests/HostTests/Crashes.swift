import Glibc
import TestSupport
import Testing

/// Fault injection: berth-nic is killed, or gets an error, at each of its system calls in turn.
/// strace(1) injects these.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct Crashes {
    @Test("a create that is killed at any system call leaves no uncounted NIC")
    func killedCreating() async {
        await #expect(processExitsWith: .success) { try Scene.set().killCreating() }
    }

    @Test("a create that gets an error from any system call either creates a NIC or says why not")
    func failingCreating() async {
        await #expect(processExitsWith: .success) { try Scene.set().failCreating() }
    }

    @Test("a create with ipfilter that is killed or fails leaves no NIC without its filter")
    func creatingFiltered() async {
        await #expect(processExitsWith: .success) {
            let scene = try Scene.set(options: "ipfilter")
            scene.killCreating()
            scene.failCreating()
        }
    }

    @Test("a delete that is killed or fails at any system call leaves no uncounted NIC")
    func deleting() async {
        await #expect(processExitsWith: .success) {
            let scene = try Scene.set()
            scene.reset()
            let first = try #require(Answer(scene.run(scene.create)))
            let calls = scene.systemCalls(of: scene.delete(first.hostName))
            expect(calls.count > 60, "\(calls.count)")
            for call in calls {
                for fault in ["signal=KILL", "error=EIO"] where call.name != "exit_group" {
                    scene.reset()
                    let nic = try #require(Answer(scene.run(scene.create))).hostName
                    let outcome = scene.run(
                        scene.delete(nic), injecting: "\(call.name):\(fault):when=\(call.time)")
                    if outcome.status == 0 { expect(!scene.mine.contains(nic), "\(call) \(fault)") }
                    scene.expectNothingUncounted("\(call) \(fault)")
                    scene.expectRepairedByNext("after \(call) \(fault)")
                }
            }
        }
    }
}

/// A container of eve, who may have two NICs, and a NIC of bob. The ledger begins with a stale row
/// of eve, so that every run also removes a row in front of bob's.
private struct Scene {
    let host: Host
    let container: Container
    let bobs: String
    /// Whether eve's line has ipfilter. Then the table of berth-net exists, without its rules.
    let isFiltered: Bool

    struct SystemCall {
        let name: String
        /// Which call of its name it is, counted from 1.
        let time: Int
        let isBeforeMain: Bool
    }

    static func set(options: String = "") throws -> Scene {
        let host = try Host.enter()
        host.addBridges("br0")
        host.allow("eve veth br0 2 \(options)", "bob veth br0 1")
        if !options.isEmpty { shell("nft -f \(scripts)filter.nft") }
        let bobs = try #require(
            Answer(Program.ours.create(Container(of: 2001), on: "br0", as: 2001)))
        return Scene(
            host: host, container: Container(of: 2000), bobs: bobs.hostName,
            isFiltered: !options.isEmpty)
    }

    var create: [String] { ["create", "/p", "n", "\(container.process)", "veth", "br0"] }

    func delete(_ nic: String) -> [String] {
        ["delete", "/p", "n", "/proc/\(container.process)/ns/net", "veth", "br0", nic]
    }

    func reset() {
        for nic in mine { shell("ip link delete \(nic)") }
        host.setLedger("eve veth br0 veth2000_gone\nbob veth br0 \(bobs)\n")
    }

    var mine: [String] { host.nics.filter { $0 != bobs } }

    func run(_ words: [String], injecting fault: String? = nil) -> Outcome {
        guard let fault else { return Program.ours.run(words) }
        return TestSupport.run(
            [
                "strace", "-qq", "-u", "eve", "-o", "/dev/null", "-e", "inject=\(fault)",
                Program.ours.installed,
            ]
                + words)
    }

    func systemCalls(of words: [String]) -> [SystemCall] {
        reset()
        awaitSettledFiles()
        if words.first == "delete" { _ = run(create) }
        let trace = "/run/test/trace"
        let nic = mine.first ?? ""
        let words = words.map { $0.hasPrefix("veth2000_") ? nic : $0 }
        // On a busy host, the limit for holding the lock may expire under strace.
        var outcome: Outcome
        var attempts = 0
        repeat {
            outcome = TestSupport.run(
                ["strace", "-qq", "-u", "eve", "-o", trace, Program.ours.installed] + words)
            attempts += 1
        } while outcome.status == 128 + SIGKILL && attempts < 5
        expect(outcome.status, is: 0, "\(outcome) \(contents(of: trace).suffix(3000))")
        var times: [String: Int] = [:]
        // Before main, the loader or the C library fails. The program's first
        // action is to set its limits.
        var isLoading = true
        // The first call is the execve that starts the program. A call that the kernel restarts,
        // such as a write to disable_ipv6 while another process changes interfaces, has several
        // lines.
        let calls = contents(of: trace).split(separator: "\n").dropFirst()
            .filter { !$0.contains(" ERESTART") }
        return calls.map { line in
            let name = String(line.prefix { $0 != "(" })
            times[name, default: 0] += 1
            if line.contains("RLIMIT_DATA") { isLoading = false }
            return SystemCall(name: name, time: times[name] ?? 1, isBeforeMain: isLoading)
        }
    }

    func expectNothingUncounted(_ note: String) {
        let counted = Set(host.rowNICs)
        expect(Set(host.nics).isSubset(of: counted), "\(note): \(host.nics) \(host.ledger)")
        expect(counted.contains(bobs), "\(note): \(host.ledger)")
    }

    /// Two NICs are allowed: creates succeed until there are two, and each has one row.
    func expectRepairedByNext(_ note: String) {
        repeat {
            if mine.count == 2 { shell("ip link delete \(mine[0])") }
            expect(run(create).status, is: 0, note)
        } while mine.count < 2
        expect(host.rowNICs.sorted(), is: host.nics.sorted(), "\(note) \(host.ledger)")
    }

    /// After an interruption the stale row may remain, and other rows may be duplicates.
    func expectLedgerMatchesNICs(_ note: String) {
        let rows = Set(host.rowNICs.filter { $0 != "veth2000_gone" })
        expect(rows, is: Set(host.nics), "\(note) \(host.ledger)")
    }
}

extension Scene {
    fileprivate func killCreating() {
        let calls = systemCalls(of: create)
        expect(calls.count > 60, "\(calls.count)")
        for call in calls {
            reset()
            let outcome = run(create, injecting: "\(call.name):signal=KILL:when=\(call.time)")
            expect(outcome.status, is: 128 + 9, "\(call)")
            expectNothingUncounted("\(call)")
            expectFiltered("\(call)")
            expectRepairedByNext("after \(call)")
        }
    }

    fileprivate func failCreating() {
        var refusals = 0
        // brk(2) has no errors: the C library would treat one as an address.
        let faultless = ["exit_group", "brk"]
        for call in systemCalls(of: create) where !faultless.contains(call.name) {
            reset()
            let outcome = run(create, injecting: "\(call.name):error=EIO:when=\(call.time)")
            // Without memory, a Swift program traps (SIGILL or SIGTRAP), as if it were killed. The
            // allocator of glibc has a second way to get memory, and that of musl does not.
            if Program.isForMusl, call.name == "mmap", [132, 133].contains(outcome.status) {
                expectNothingUncounted("\(call)")
                expectFiltered("\(call)")
                expectRepairedByNext("after \(call)")
                continue
            }
            if outcome.status == 0 {
                expect(Answer(outcome) != nil, "\(call) \(outcome)")
                expect(mine.count, is: 1, "\(call)")
            } else {
                expect(mine, is: [], "\(call) \(outcome)")
            }
            expectFiltered("\(call)")
            expectLedgerMatchesNICs("\(call) \(outcome)")
            // The loader and the C library have their own messages.
            if call.isBeforeMain { continue }
            if outcome.status == 1 {
                refusals += 1
                let said = outcome.output + outcome.errorOutput
                expect(
                    said.hasPrefix("berth-nic: ") || said.isEmpty && call.name == "write",
                    "\(call) \(said)")
                expect(outcome.errorOutput.count { $0 == "\n" } <= 1, "\(call) \(said)")
            } else {
                expect(outcome.status, is: 0, "\(call) \(outcome)")
            }
        }
        expect(refusals > 30, "\(refusals)")
    }

    /// With ipfilter, a NIC is up only if the filter has its address.
    private func expectFiltered(_ when: String) {
        guard isFiltered else { return }
        for nic in mine where shell("ip link show \(nic)").output.contains(",UP") {
            let end = host.fact("address", of: nic) ?? ""
            let address = end.replacing("fe:be:", with: "b2:be:")
            for set in ["nics_br0", "pair", "chaddr", "eui64"] {
                expect(
                    shell("nft list set bridge berth \(set)").output.contains(address),
                    "\(when): \(nic) is not in \(set)")
            }
        }
    }
}

private let scripts = String(#filePath.dropLast("Crashes.swift".count)) + "scripts/"
