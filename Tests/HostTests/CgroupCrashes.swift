import TestSupport
import Testing

/// Fault injection: berth-run is killed, or gets an error, at each of its system calls, by
/// strace(1).
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct CgroupCrashes {
    @Test(
        "the cgroups are consistent after berth-run was killed at any system call",
        arguments: [true, false])
    func killed(isFirst: Bool) async {
        await #expect(processExitsWith: .success) { [isFirst = isFirst as Bool] in
            let host = try CgroupHost.enter("eve * hugetlb.2MB.max=2097152")
            let calls = host.systemCalls(isFirst: isFirst)
            expect(calls.count > 40, "\(calls)")
            for call in calls {
                host.begin(isFirst: isFirst)
                let outcome = host.runInjecting("\(call.name):signal=KILL:when=\(call.time)")
                expect(outcome.status, is: 128 + 9, "\(call)")
                host.expectConsistent("killed at \(call)")
            }
            host.leave()
        }
    }

    @Test(
        "after an error at any system call, the cgroups are consistent, and berth-run says why",
        arguments: [true, false])
    func failing(isFirst: Bool) async {
        await #expect(processExitsWith: .success) { [isFirst = isFirst as Bool] in
            let host = try CgroupHost.enter("eve * hugetlb.2MB.max=2097152")
            var refusals = 0
            let faultless = ["exit_group", "brk"]
            for call in host.systemCalls(isFirst: isFirst) where !faultless.contains(call.name) {
                host.begin(isFirst: isFirst)
                let outcome = host.runInjecting("\(call.name):error=EIO:when=\(call.time)")
                host.expectConsistent("an error at \(call) \(outcome)")
                if outcome.status == 0 || call.isBeforeMain { continue }
                // As in Crashes: a program for musl traps if it gets no memory.
                if Program.isForMusl, call.name == "mmap", [132, 133].contains(outcome.status) {
                    continue
                }
                refusals += 1
                // The program writes no message as root.
                let isAboutRoot = call.name.hasSuffix("resuid") || call.name == "setfsuid"
                expect(
                    (125...127).contains(outcome.status) || isAboutRoot, "\(call) \(outcome)")
                expect(
                    outcome.errorOutput.hasPrefix("berth-run: ") || isAboutRoot,
                    "\(call) \(outcome)")
                expect(outcome.errorOutput.count { $0 == "\n" } <= 1, "\(call) \(outcome)")
            }
            expect(refusals > 20, "\(refusals)")
            host.leave()
        }
    }
}

private struct SystemCall {
    let name: String
    /// The number of the call among those of that name.
    let time: Int
    let isBeforeMain: Bool
}

extension CgroupHost {
    fileprivate func begin(isFirst: Bool) {
        if isFirst {
            shell("cd \(Self.top) && find u2000 -depth -type d -exec rmdir {} \\;")
        } else if leaves().isEmpty {
            expect(run("exec $0 true").status, is: 0)
        }
    }

    fileprivate func runInjecting(_ fault: String) -> Outcome {
        TestSupport.run([
            "strace", "-qq", "-u", "eve", "-o", "/dev/null", "-e", "inject=\(fault)", Self.berthRun,
            "/bin/true",
        ])
    }

    /// The calls of the program itself, not of the command that it executes.
    fileprivate func systemCalls(isFirst: Bool) -> [SystemCall] {
        begin(isFirst: isFirst)
        awaitSettledFiles()
        let trace = "/run/test/trace"
        _ = TestSupport.run(["strace", "-qq", "-u", "eve", "-o", trace, Self.berthRun, "/bin/true"])
        var times: [String: Int] = [:]
        // The program's first action is to open /dev/null.
        var isLoading = true
        var calls: [SystemCall] = []
        for line in contents(of: trace).split(separator: "\n").dropFirst() {
            if line.hasPrefix("execve(") { break }
            let name = String(line.prefix { $0 != "(" })
            times[name, default: 0] += 1
            if line.contains("/dev/null") { isLoading = false }
            calls.append(
                SystemCall(name: name, time: times[name] ?? 1, isBeforeMain: isLoading))
        }
        return calls
    }

    /// A cgroup that belongs to the user has its limits. The next run succeeds, and removes empty
    /// cgroups.
    fileprivate func expectConsistent(_ note: String) {
        let owner = shell("stat -c %u \(Self.top)/u2000 2>/dev/null").output
        if owner == "2000\n" {
            expect(file("hugetlb.2MB.max"), is: "2097152\n", note)
            expect(file("cgroup.max.descendants"), is: "4096\n", note)
        } else if !owner.isEmpty {
            // The cgroup still belongs to root, and the user cannot use it.
            expect(!run("mkdir \(Self.top)/u2000/run-x").succeeded, note)
        }
        let next = run("exec $0 grep ^0:: /proc/self/cgroup")
        expect(next.output.hasPrefix("0::/berth/u2000/run-"), "\(note): \(next)")
        expect(leaves().count, is: 1, note)
        expect(file("hugetlb.2MB.max"), is: "2097152\n", note)
        expect(file("cgroup.subtree_control"), is: "hugetlb\n", note)
    }
}
