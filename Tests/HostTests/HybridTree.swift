import TestSupport
import Testing

/// A host with its controllers in cgroup v1, beside cgroup v2.
@Suite(.enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct HybridTree {
    @Test(
        "no command runs without controllers",
        .enabled(if: firstVersion != nil, "cgroup v1 cannot be mounted"))
    func hybrid() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let outcome = shell(
                """
                exec unshare -m sh -ec '
                  umount /sys/fs/cgroup; mount -t tmpfs x /sys/fs/cgroup
                  mkdir /sys/fs/cgroup/unified /sys/fs/cgroup/v1
                  mount -t cgroup2 -o nsdelegate x /sys/fs/cgroup/unified
                  mount -t cgroup -o \(firstVersion ?? "") x /sys/fs/cgroup/v1
                  exec setpriv --reuid 2000 --regid 2000 --clear-groups \(CgroupHost.berthRun) true'
                """)
            expect(outcome.status, is: 125, "\(outcome)")
            let words =
                "this host has its controllers in cgroup version 1 (/sys/fs/cgroup/v1)"
            expect(outcome.complaint.contains(words), "\(outcome)")
            expect(host.leaves(), is: [])
            host.leave()
        }
    }
}

/// Controllers with which cgroup v1 can be mounted without removing one from cgroup v2: those of an
/// existing hierarchy, or else one that cgroup v2 does not have.
private let firstVersion: String? = shell(
    """
    controllers=$(awk '!/^#/ && $2 > 0 { names[$2] = names[$2] "," $1 }
      END { for (tree in names) { print substr(names[tree], 2); exit } }' /proc/cgroups)
    controllers=${controllers:-freezer}
    unshare -m mount -t cgroup -o "$controllers" x /mnt 2> /dev/null && echo "$controllers"
    """
).lines.first
