import TestSupport
import Testing

/// Where elogind has a part of each session's cgroup for its user.
@Suite(.enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct CgroupSessions {
    @Test("a session of elogind's that is delegated needs no line")
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
            // It has what the session has, and those before it are collected.
            expect(outcome.lines.dropFirst().elementsEqual(["hugetlb"]), "\(outcome)")
            // Another's is none.
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
