import TestSupport
import Testing

/// elogind sessions with a delegated cgroup.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct CgroupSessions {
    @Test("a delegated elogind session needs no line")
    func delegatedSession() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter()
            let outcome = script("elogind-session")
            expect(
                outcome.lines.first?.hasPrefix("0::/4000000001/delegated/run-") ?? false,
                "\(outcome)")
            // The cgroup has the controllers of the session, and earlier cgroups are removed.
            expect(outcome.lines.dropFirst().elementsEqual(["hugetlb"]), "\(outcome)")
            // The session of another user is not used.
            let other = shell(
                """
                echo $$ > /sys/fs/cgroup/4000000001/session/cgroup.procs
                exec setpriv --reuid 2001 --regid 2001 --clear-groups \(CgroupHost.berthRun) true
                """)
            expect(other.errorOutput.contains("no line of"), "\(other)")
            host.leave()
        }
    }
}
