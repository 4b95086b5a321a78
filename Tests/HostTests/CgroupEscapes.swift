import TestSupport
import Testing

/// Attempts of a user to exceed limits, or to use cgroups of other users.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct CgroupEscapes {
    @Test("users cannot raise their limits")
    func limits() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve * hugetlb.2MB.max=2097152")
            expect(host.run("exec $0 true").status, is: 0)
            for (file, value) in [
                ("hugetlb.2MB.max", "max"), ("cgroup.max.descendants", "max"),
                ("cgroup.max.depth", "max"),
                ("cgroup.freeze", "0"), ("cgroup.type", "threaded"), ("cgroup.kill", "1"),
            ] {
                let path = "\(CgroupHost.top)/u2000/\(file)"
                let tried = host.run(
                    "echo \(value) > \(path) || chmod u+w \(path) || rm -f \(path)")
                expect(!tried.succeeded, "\(tried)")
                expect(host.exists("u2000/\(file)"), file)
            }
            expect(host.file("hugetlb.2MB.max"), is: "2097152\n")
            // Users cannot remove the cgroup, either, to get a new one.
            let removed = host.run(
                "cd \(CgroupHost.top) && rmdir u2000/*/ && exec env LC_ALL=C rmdir u2000")
            expect(removed.errorOutput.contains("Permission denied"), "\(removed)")
            expect(host.leaves(), is: [])
            expect(host.file("hugetlb.2MB.max"), is: "2097152\n")
            expect(host.run("exec $0 true").status, is: 0)
            host.leave()
        }
    }

    @Test("a member of a group gets no further cgroups by subordinate user IDs")
    func subordinateIDs() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("@crew * hugetlb.2MB.max=2097152")
            shell("echo crew:x:3000: >> /etc/group")
            // A user can create such a program as root of a user namespace.
            shell("install -o 100000 -m 4755 /usr/bin/setpriv /run/test/subordinate")
            let become = "exec /run/test/subordinate --reuid 100000"
            expect(host.run("\(become) id -u", groups: [3000]).output, is: "100000\n")
            for prefix in ["", "$0 "] {
                let tried = host.run(
                    prefix + "sh -c '\(become) \"$0\" grep ^0:: /proc/self/cgroup' \"$0\"",
                    groups: [3000])
                expect(tried.errorOutput.contains("lets user 100000 have cgroups"), "\(tried)")
                expect(tried.output, is: "")
            }
            expect(!host.exists("u100000"))
            expect(host.run("exec $0 true", groups: [3000]).status, is: 0)
            host.leave()
        }
    }

    @Test("a user cannot move processes out of the user's cgroup, or into another user's")
    func moves() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *", "bob *")
            expect(host.run("exec $0 true", as: 2001).status, is: 0)
            let leaf = try #require(host.leaves(of: 2001).first)
            let bobs = "\(CgroupHost.top)/u2001/\(leaf)"
            shell("mkdir -m 777 /run/test/user")
            let places = ["/sys/fs/cgroup", CgroupHost.top, "\(CgroupHost.top)/u2001", bobs]
            for place in places {
                let within = host.run(
                    "$0 sh -c 'echo $$ > \(place)/cgroup.procs; grep ^0:: /proc/self/cgroup'")
                expect(within.output.contains("/berth/u2000/run-"), "\(place) \(within)")
                expect(within.errorOutput.contains("denied"), "\(within)")
                // From outside, only berth-run moves a process into it.
                let own = "\(CgroupHost.top)/u2000/\(try #require(host.leaves().first))"
                let outside = host.run("echo $$ > \(own)/cgroup.procs")
                expect(outside.errorOutput.contains("denied"), "\(outside)")
            }
            for script in [
                "ls \(CgroupHost.top)/u2001", "ls \(bobs)", "echo $$ > \(bobs)/cgroup.procs",
                "echo 1 > \(bobs)/cgroup.kill", "mkdir \(bobs)/x",
                "echo 1 > \(CgroupHost.top)/u2001/cgroup.freeze",
            ] {
                let tried = host.run(script)
                expect(tried.errorOutput.contains("denied"), "\(script): \(tried)")
            }
            host.leave()
        }
    }

    @Test("a cgroup with limits cannot be left")
    func departures() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let limited = "whose limit hugetlb.2MB.max=0 must not be escaped"
            // No session of the host is in the slice of this user ID.
            let slices = "user.slice/user-4000000001.slice"
            let cases: [(place: String, limit: String?, refusal: String?)] = [
                ("openrc.berth-test", nil, nil),
                ("openrc.berth-test", "openrc.berth-test", limited),
                ("openrc.berth-test/sub", nil, "so it must stay there"),
                ("openrc", nil, nil), ("openrc", "openrc", limited),
                ("openrc/berth-test", nil, "so it must stay there"),
                ("berth-test", nil, "so it must stay there"),
                ("4000000001", nil, nil), ("4000000001", "4000000001", limited),
                ("4000000001/session", nil, nil), ("4000000001/session", "4000000001", limited),
                ("4000000001/other", nil, "so it must stay there"),
                ("\(slices)/session-c1.scope", nil, nil),
                ("\(slices)/session-c1.scope/session", nil, nil),
                ("\(slices)/session-c1.scope", slices, limited),
                ("\(slices)/session-x.scope", nil, "so it must stay there"),
                ("\(slices)", nil, "so it must stay there"),
            ]
            for (place, limit, refusal) in cases {
                let outcome = script("leave-cgroup", [place] + (limit.map { [$0] } ?? []))
                expect(
                    outcome.status, is: refusal == nil ? 0 : 125,
                    "\(place) \(limit ?? "") \(outcome)")
                if let refusal {
                    expect(outcome.errorOutput.contains(refusal), "\(outcome)")
                } else {
                    expect(outcome.output.contains("0::/berth/u2000/run-"), "\(outcome)")
                }
            }
            // The cgroup of a service has no prefix in older OpenRC versions. The service must have
            // been started.
            let within = """
                echo $BASHPID > /sys/fs/cgroup/berth-test/cgroup.procs
                exec setpriv --reuid 2000 --regid 2000 --clear-groups \(CgroupHost.berthRun) true
                """
            shell(
                """
                mkdir -p /run/openrc/started /sys/fs/cgroup/berth-test
                ln -s /x /run/openrc/started/berth-test
                """)
            expect(shell(within).status, is: 125)
            shell("rm /run/openrc/started/berth-test; touch /run/openrc/started/berth-test")
            expect(shell(within).status, is: 0)
            // A file that cannot be read may be a limit.
            let blind = script("unreadable-cgroup")
            expect(blind.status, is: 125, "\(blind)")
            expect(blind.errorOutput.contains("openrc.berth-test"), "\(blind)")
            // From a cgroup of one user to a cgroup of another, as with su: both have limits.
            host.allow(["eve *", "bob *"])
            host.sleeper(of: CgroupHost.bob)
            let bobs = try #require(host.leaves(of: CgroupHost.bob).first)
            let su = shell(
                """
                echo $$ > \(CgroupHost.top)/u2001/\(bobs)/cgroup.procs
                exec setpriv --reuid 2000 --regid 2000 --clear-groups \(CgroupHost.berthRun) \
                  grep ^0:: /proc/self/cgroup
                """)
            expect(su.output.hasPrefix("0::/berth/u2000/run-"), "\(su)")
            host.leave()
        }
    }

    @Test("namespaces do not lift limits")
    func namespaces() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *", "root *")
            let asEve = "setpriv --reuid 2000 --regid 2000 --clear-groups"
            // If mount fails, the exit status differs from that of berth-run.
            func mounted(_ script: String) -> String {
                "unshare -m sh -ec '\(script); exec \(asEve) \(CgroupHost.berthRun) true'"
            }
            let notTheRoot = "/sys/fs/cgroup is not the root of the host's cgroup hierarchy"
            let cases: [(String, String)] = [
                ("unshare -C \(asEve) \(CgroupHost.berthRun) true", "this is a container"),
                ("\(asEve) unshare -UCr \(CgroupHost.berthRun) true", "this is a container"),
                ("\(asEve) unshare -Ur \(CgroupHost.berthRun) true", "this is a container"),
                ("\(asEve) unshare -Um \(CgroupHost.berthRun) true", "not setuid root"),
                ("\(asEve) --no-new-privs \(CgroupHost.berthRun) true", "not setuid root"),
                (mounted("mount -o bind,nosuid /run /run"), "not setuid root"),
                // A mount of a subtree.
                (mounted("mount --bind /sys/fs/cgroup/berth /sys/fs/cgroup"), notTheRoot),
                (mounted("mount -t tmpfs x /sys/fs/cgroup"), notTheRoot),
                (mounted("umount /sys/fs/cgroup"), "no cgroup file system is mounted"),
                (CgroupHost.berthRun + " true", "root does not need berth-run"),
                (
                    "mkdir -p /run/systemd/system; \(asEve) \(CgroupHost.berthRun) true; s=$?; "
                        + "rm -r /run/systemd/system; exit $s",
                    "loginctl enable-linger 2000"
                ),
            ]
            for (script, words) in cases {
                let outcome = shell(script)
                expect(outcome.status, is: 125, "\(script) \(outcome)")
                expect(outcome.errorOutput.contains(words), "\(script) \(outcome)")
            }
            expect(host.leaves(), is: [])
            host.leave()
        }
    }

    @Test(
        "nothing is written to inherited descriptors, and messages are written as the caller"
    )
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            expect(host.run("exec $0 true").status, is: 0)
            for word in ["true", "no-such", "--scope-info", "--help", "--version"] {
                let traced = shell(
                    """
                    strace -f -qq -y -u eve -o /run/test/trace -e trace=write,setresuid,execve \
                      \(CgroupHost.berthRun) \(word) 9>/sys/fs/cgroup/cgroup.procs
                    """)
                expect(traced.status != 1, "\(traced)")
                var dropAll = false
                for line in contents(of: "/run/test/trace").split(separator: "\n") {
                    if line.contains("setresuid(2000, 2000, 2000)") { dropAll = true }
                    if line.contains("execve(\"/"), !line.contains("berth-run") { break }
                    guard line.contains("write(") else { continue }
                    let isOwn =
                        line.contains("/berth/u2000/run-")
                        && line.contains("cgroup.procs>, \"0\", 1)")
                        || line.contains("/berth/u2000/cgroup.subtree_control>")
                    expect(isOwn || dropAll, "\(word): \(line)")
                }
                expect(dropAll, word)
            }
            host.leave()
        }
    }

    @Test("capabilities that the kernel keeps after root is given up are refused")
    func securebits() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let outcome = script("kept-capabilities")
            expect(outcome.status, is: 125, "\(outcome)")
            expect(outcome.errorOutput.contains("cannot drop root's privileges"), "\(outcome)")
            expect(host.leaves(), is: [])
            let last = contents(of: "/run/test/trace").split(separator: "\n").suffix(2)
            expect(last.first?.contains("permitted=0, inheritable=0") ?? false, "\(last)")
            expect(last.dropFirst().first?.hasPrefix("write(2") ?? false, "\(last)")
            host.leave()
        }
    }

    @Test("the number of cgroups is limited, and the error message says so")
    func caps() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve * cgroup.max.descendants=5 cgroup.max.depth=3")
            let filled = host.run(
                "$0 true; cd \(CgroupHost.top)/u2000; rmdir run-*; mkdir x{1..9}")
            expect(filled.errorOutput.contains("Resource temporarily unavailable"), "\(filled)")
            let refused = host.run("exec $0 true")
            expect(refused.status, is: 125)
            expect(
                refused.errorOutput.contains("\(CgroupHost.top)/u2000 has as many cgroups as"),
                "\(refused)")
            expect(host.leaves().count, is: 0)
            let deep = host.run("cd \(CgroupHost.top)/u2000; rmdir x[2-9]; mkdir -p x1/a/b/c")
            expect(deep.errorOutput.contains("Resource temporarily unavailable"), "\(deep)")
            expect(host.exists("u2000/x1/a/b") && !host.exists("u2000/x1/a/b/c"))
            // Empty command cgroups are removed.
            let full = host.run(
                "cd \(CgroupHost.top)/u2000; rmdir -p x1/a/b; mkdir run-{1..5}; exec $0 true")
            expect(full.status, is: 0, "\(full)")
            expect(host.leaves().count, is: 1)
            host.leave()
        }
    }

    @Test("damage that a user does to the user's own cgroup is repaired, or reported")
    func ownTree() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let node = "\(CgroupHost.top)/u2000"
            expect(
                host.run("$0 true; echo -hugetlb > \(node)/cgroup.subtree_control").status, is: 0)
            expect(host.run("exec $0 true").status, is: 0)
            expect(host.file("cgroup.subtree_control"), is: "hugetlb\n")
            // With a process in the cgroup itself, no controller can be enabled.
            let blocked = script("process-in-node")
            expect(blocked.status, is: 125, "\(blocked)")
            expect(
                blocked.errorOutput.contains("processes are in the cgroup \(node) itself"),
                "\(blocked)")
            let threaded = host.run(
                """
                echo -hugetlb > \(node)/cgroup.subtree_control; mkdir \(node)/x
                echo threaded > \(node)/x/cgroup.type; $0 true; s=$?; rmdir \(node)/x; exit $s
                """)
            expect(threaded.status, is: 125, "\(threaded)")
            expect(threaded.errorOutput.contains("beneath \(node) is threaded"), "\(threaded)")
            expect(host.run("chmod 0 \(node)").status, is: 0)
            let closed = host.run("exec $0 true")
            expect(closed.status, is: 125)
            expect(closed.errorOutput.contains("cannot read the cgroup \(node)"), "\(closed)")
            shell("chmod 700 \(node)")
            host.leave()
        }
    }
}
