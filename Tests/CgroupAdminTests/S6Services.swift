import TestSupport
import Testing

/// The commands of s6-rc's sources, run in the same way as by s6-rc: parsed by execline, with the
/// descriptors of the caller passed on by s6-sudo.
@Suite(.oneAtATime, .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct S6Services {
    @Test("s6-rc's commands prepare cgroups, and do not pass root's terminal to users")
    func s6rc() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve hugetlb", "bob frobnicate")
            defer { host.leave() }
            let prepared = script("s6-services", [etc])
            defer { shell("kill $(cat /run/test/runner.pid)") }
            expect(prepared.status, is: 0, "\(prepared)")

            let up = (1...2).flatMap { _ in script("oneshot", ["up", "berth-cgroup"]).lines }
            // An invalid line must not prevent the others from being applied.
            expect(up, is: [])
            expect(host.exists("u2000"))
            let user = shell(
                """
                export TYPED=yes
                for verb in up down; do \(scripts)/oneshot.sh $verb berth-user; done
                cat /run/test/eve/seen
                """)
            expect(
                user.lines,
                is: [
                    "eve sees nothing", "eve: lxc-autostart --list -g onboot,",
                    "eve sees nothing", "eve: lxc-autostart -a -A -s -t 30",
                ], "\(user)")
            expect(script("oneshot", ["down", "berth-cgroup"]).lines, is: [])
            expect(!host.exists(""))
        }
    }
}

private let scripts = String(#filePath.dropLast("/S6Services.swift".count)) + "/scripts"
private let etc =
    String(#filePath.dropLast("Tests/CgroupAdminTests/S6Services.swift".count)) + "etc"

/// Why s6-rc's commands cannot be run here.
private let obstacle: String? = {
    if let obstacle = CgroupHost.obstacle { return obstacle }
    for (program, package) in [("execlineb", "execline"), ("s6-sudod", "s6")]
    where !shell("command -v \(program)").succeeded {
        return "no \(program): install \(package)"
    }
    return nil
}()
