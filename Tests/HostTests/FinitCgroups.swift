import TestSupport
import Testing

/// The cgroups of finit have common names: `init`, `system/NAME` and `user/NAME`.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct FinitCgroups {
    @Test("a session can leave the cgroups of finit only where finit is running")
    func departures() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let places = ["init", "system/berth-test", "user/berth-test"]
            for place in places {
                let outcome = script("leave-cgroup", [place])
                expect(outcome.status, is: 125, "\(outcome)")
                expect(outcome.errorOutput.contains("so it must stay there"), "\(outcome)")
            }
            shell("mkdir /run/finit")
            for place in places {
                let outcome = script("leave-cgroup", [place])
                expect(outcome.status, is: 0, "\(outcome)")
                expect(outcome.output.contains("0::/berth/u2000/run-"), "\(outcome)")
            }
            for place in ["system", "system/berth-test/sub", "maint/berth-test"] {
                let outcome = script("leave-cgroup", [place])
                expect(outcome.status, is: 125, "\(outcome)")
                expect(outcome.errorOutput.contains("so it must stay there"), "\(outcome)")
            }
            for limited in ["system", "system/berth-test"] {
                let outcome = script("leave-cgroup", ["system/berth-test", limited])
                expect(outcome.status, is: 125, "\(outcome)")
                expect(outcome.errorOutput.contains("must not be escaped"), "\(outcome)")
            }
            host.leave()
        }
    }
}
