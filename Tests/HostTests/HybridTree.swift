import TestSupport
import Testing

/// A host whose controllers are held by cgroups of version 1, beside those of version 2.
@Suite(.enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct HybridTree {
    @Test(
        "nothing runs where the controllers are not to be had",
        .enabled(if: firstVersion != nil, "no tree of the first version can be mounted"))
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
                "the controllers of this host are held by cgroups of version 1 (/sys/fs/cgroup/v1)"
            expect(outcome.complaint.contains(words), "\(outcome)")
            expect(host.leaves(), is: [])
            host.leave()
        }
    }
}

/// The controllers of a tree of the first version that can be mounted without taking one from the second:
/// those of one that is there, or else one that the second never has.
private let firstVersion: String? = shell(
    """
    controllers=$(awk '!/^#/ && $2 > 0 { names[$2] = names[$2] "," $1 }
      END { for (tree in names) { print substr(names[tree], 2); exit } }' /proc/cgroups)
    controllers=${controllers:-freezer}
    unshare -m mount -t cgroup -o "$controllers" x /mnt 2> /dev/null && echo "$controllers"
    """
).lines.first
