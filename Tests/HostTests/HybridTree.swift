import TestSupport
import Testing

/// A host that has cgroup v2, but its controllers in cgroup v1.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct HybridTree {
    @Test(
        "berth-run runs no command without controllers",
        .enabled(if: firstVersion != nil, "cgroup v1 cannot be mounted"))
    func hybrid() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let outcome = script("hybrid-tree", [firstVersion ?? ""])
            expect(outcome.status, is: 125, "\(outcome)")
            let words =
                "this host has its controllers in cgroup version 1 (/sys/fs/cgroup/v1)"
            expect(outcome.errorOutput.contains(words), "\(outcome)")
            expect(host.leaves(), is: [])
            host.leave()
        }
    }
}

/// Controllers with which cgroup v1 can be mounted: see v1-controllers.sh.
private let firstVersion: String? = script("v1-controllers").lines.first
