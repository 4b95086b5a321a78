import TestSupport
import Testing

/// berth-cgroup status, on the real kernel.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct OnHost {
    @Test("status shows users and command cgroups in 80 columns, and users only their own")
    func status() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve * hugetlb.2MB.max=4194304", "bob *")
            defer { host.leave() }
            expect(host.service("status").status, is: 3)
            host.service("setup")
            host.sleeper(of: CgroupHost.eve)
            let leaf = "\(CgroupHost.top)/u2000/\(host.leaves()[0])"
            expect(script("payload", [leaf]).succeeded)
            let result = host.service("status")
            expect(result.status, is: 0, "\(result)")
            expect(result.lines.allSatisfy { $0.count <= 80 }, "\(result)")
            for word in [
                "eve (u2000): hugetlb", "hugetlb.2MB.max=4194304", "lxc.payload.web", " sleep",
                "and 4 more", "not enabled: memory, pids", "bob (u2001)",
            ] { expect(result.output.contains(word), "\(word) \(result)") }
            let own = host.run("berth-cgroup status", as: CgroupHost.eve)
            expect(own.output.contains("eve (u2000)") && !own.output.contains("bob"), "\(own)")
            expect(own.output.contains(" sleep"), "\(own)")
            let json = python("status-of-eve")
            expect(json.lines, is: ["2000 leaf payload web 12", "None sleep 32"], "\(json)")
        }
    }
}
