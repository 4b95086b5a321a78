import TestSupport
import Testing

/// elogind sessions with a delegated cgroup.
@Suite(.enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct CgroupSessions {
    @Test("a delegated elogind session needs no line")
    func delegatedSession() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter()
            let outcome = shell(
                """
                cd /sys/fs/cgroup; mkdir -p 4000000001/session 4000000001/delegated
                echo +hugetlb > 4000000001/cgroup.subtree_control
                chown 2000 4000000001/{,session,delegated}/{,cgroup.procs,cgroup.subtree_control}
                echo $$ > 4000000001/session/cgroup.procs
                asEve() { setpriv --reuid 2000 --regid 2000 --clear-groups "$@"; }
                for n in 1 2 3; do asEve \(CgroupHost.berthRun) true; done
                asEve \(CgroupHost.berthRun) grep ^0:: /proc/self/cgroup
                cat 4000000001/delegated/run-*/cgroup.controllers
                """)
            expect(
                outcome.lines.first?.hasPrefix("0::/4000000001/delegated/run-") ?? false,
                "\(outcome)")
            // It has the controllers of the session, and earlier ones are removed.
            expect(outcome.lines.dropFirst().elementsEqual(["hugetlb"]), "\(outcome)")
            // The session of another user is not used.
            let other = shell(
                """
                echo $$ > /sys/fs/cgroup/4000000001/session/cgroup.procs
                exec setpriv --reuid 2001 --regid 2001 --clear-groups \(CgroupHost.berthRun) true
                """)
            expect(other.complaint.contains("no line of"), "\(other)")
            host.leave()
        }
    }
}
