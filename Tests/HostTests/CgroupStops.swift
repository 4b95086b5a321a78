import TestSupport
import Testing

/// A user stops berth-run, and continues it after lxc-usercgroup has changed.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct CgroupStops {
    @Test(
        "outdated limits are not set",
        arguments: [
            // During the search for the command; in the new cgroup; between two limits; before the
            // end.
            "faccessat2", "mkdirat", "fsetxattr", "fchmod",
        ])
    func stopped(call: String) async {
        await #expect(processExitsWith: .success) { [call = call as String] in
            let host = try CgroupHost.enter("eve * hugetlb.2MB.max=8388608")
            let outcome = script("run-resumed", [call])
            // If it was stopped before it reads lxc-usercgroup again, it reports the change.
            let isEarly = call == "faccessat2" || call == "mkdirat"
            let first = call == "faccessat2" ? [] : ["8388608"]
            expect(outcome.lines, is: first + [isEarly ? "125" : "0", "2097152"], "\(outcome)")
            let complaint = contents(of: "/run/test/complaint")
            expect(complaint.contains("has just been changed"), is: isEarly, complaint)
            expect(host.leaves().count, is: 1)
            host.leave()
        }
    }

    @Test("berth-run stays in a cgroup to which root moved it while it was stopped")
    func moved() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let outcome = script("run-moved")
            expect(outcome.output, is: "0::/berth-test\n125\n", "\(outcome)")
            let complaint = contents(of: "/run/test/complaint")
            expect(complaint.contains("just moved berth-run to another cgroup"), complaint)
            // That of the run before; the new one was removed.
            expect(host.leaves().count, is: 1)
            host.leave()
        }
    }

    @Test("berth-run that leaves its cgroup too late does not execute the command")
    func delayed() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let inTime = script("run-delayed", ["100000"])
            expect(inTime.output.hasPrefix("0::/berth/u2000/run-"), "\(inTime)")
            expect(inTime.lines.last ?? "", is: "0", "\(inTime)")
            let outcome = script("run-delayed", ["2500000"])
            expect(outcome.output, is: "125\n", "\(outcome)")
            let complaint = contents(of: "/run/test/complaint")
            expect(complaint.contains("needed more than 2 s to leave its cgroup"), complaint)
            host.leave()
        }
    }

    @Test("a cgroup that belongs to a subordinate user ID is not created again")
    func givenAway() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve * hugetlb.2MB.max=2097152")
            expect(host.run("exec $0 true").status, is: 0)
            // Root of a user namespace with IDs from newuidmap can do this.
            shell("chown 100000 \(CgroupHost.top)/u2000")
            host.allow(["eve * hugetlb.2MB.max=8388608"])
            expect(host.run("exec $0 true").status, is: 125)
            expect(host.file("hugetlb.2MB.max"), is: "2097152\n")
            host.leave()
        }
    }
}
