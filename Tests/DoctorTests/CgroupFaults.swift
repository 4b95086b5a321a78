import TestSupport
import Testing

/// Faults of users' cgroups, caused and fixed on a real cgroup2 hierarchy.
@Suite(.oneAtATime, .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct CgroupFaults {
    @Test("faults of a user's cgroup are reported, and the printed fix works")
    func tree() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve \(CgroupHost.controller)")
            prepare()
            let node = "\(CgroupHost.top)/u2000"
            // berth-run has not created the cgroup yet.
            expect(
                verdicts("cgroup-tree", "lxc-usercgroup", "cgroup-node"), is: ["ok", "ok", "ok"])
            expect(host.run("exec $0 true").succeeded)
            expect(verdicts("cgroup-node"), is: ["ok"])

            for file in ["cgroup.procs", "cgroup.threads", "cgroup.subtree_control"] {
                shell("chown 0:0 \(node)/\(file)")
                fixed("cgroup-node", "\(node)/\(file): eve may not write it")
            }
            shell("chmod 444 \(node)/cgroup.subtree_control")
            fixed("cgroup-node", "may not write it")
            shell("chown 0:0 \(node)")
            fixed("cgroup-node", "\(node): the directory does not belong to eve")

            // Enabled controllers keep processes out, but the user can disable them.
            shell(
                """
                echo -\(CgroupHost.controller) > \(node)/cgroup.subtree_control
                setsid sleep 100 & echo $! > \(node)/cgroup.procs
                """)
            fixed("cgroup-node", "in the user's cgroup itself")
            expect(host.file("cgroup.procs"), is: "")
            expect(host.run("exec $0 cat /proc/self/cgroup").succeeded)
            shell("echo 1 > \(node)/run-stray/cgroup.kill")

            shell("mkdir \(node)/web && echo 1 > \(node)/web/cgroup.freeze")
            expect(verdicts("cgroup-limits"), is: ["warning"])
            expect(doctor().contains("web/cgroup.freeze"), doctor())
            shell("echo 0 > \(node)/web/cgroup.freeze")
            expect(verdicts("cgroup-limits"), is: ["ok"])
            shell("cat \(node)/cgroup.stat | sed -n 's/^nr_descendants //p' > /run/descendants")
            shell("cat /run/descendants > \(node)/cgroup.max.descendants")
            expect(verdicts("cgroup-limits"), is: ["problem"])
            expect(doctor().contains("cgroup.max.descendants"), doctor())
            shell("echo max > \(node)/cgroup.max.descendants; rmdir \(node)/web")
            expect(verdicts("cgroup-limits"), is: ["ok"])

            host.allow(["bob *"])
            fixed("lxc-usercgroup", "no line grants eve a cgroup")
            for (faulty, corrected) in [
                ("eve memory-max", "eve *"),
                (
                    "eve * cgroup.max.depth=9 cgroup.max.descendents=50",
                    "eve * cgroup.max.depth=9 cgroup.max.descendants=50"
                ),
                ("@eve memory,pids cgroup.max.depth=2G", "@eve memory,pids cgroup.max.depth=2"),
            ] {
                host.allow(["# users", faulty])
                let said = doctor()
                expect(verdicts("lxc-usercgroup"), is: ["problem"], faulty)
                expect(said.contains("lxc-usercgroup:2"), said)
                expect(said.contains("the line for eve is invalid: "), said)
                expect(said.contains("\\\"\(faulty.split(separator: " ").last ?? "")\\\""), said)
                expect(said.contains("keep the valid parts of that line: \\\"\(faulty)\\\""), said)
                let fixes = python("findings", ["fixes", said, "lxc-usercgroup"])
                expect(fixes.status, is: 0, "\(fixes)")
                expect(fixes.output, is: "")
                host.allow(["# users", corrected])
                expect(verdicts("lxc-usercgroup"), is: ["ok"], corrected)
            }
            host.allow(["eve *"])
            shell("chmod go+w /etc/lxc/lxc-usercgroup")
            fixed("lxc-usercgroup", "users other than root can write it")
            host.allow(["eve \(CgroupHost.controller),nonsense"])
            expect(verdicts("cgroup-node"), is: ["warning"])
            expect(doctor().contains("the kernel does not provide nonsense"), doctor())
            host.allow(["eve \(CgroupHost.controller)"])

            shell("echo -\(CgroupHost.controller) > \(node)/cgroup.subtree_control")
            shell("echo -\(CgroupHost.controller) > \(CgroupHost.top)/cgroup.subtree_control")
            fixed("cgroup-node", "not enabled for users' cgroups")
            expect(host.run("exec $0 true").succeeded)
            shell("find \(CgroupHost.top) -depth -type d -exec rmdir {} \\;")
            fixed("cgroup-node", "not set up yet")
            expect(host.run("exec $0 true").succeeded)

            host.leave()
        }
    }

    @Test("all programs interpret a line in the same way, and no fix loses a limit")
    func limits() async {
        await #expect(processExitsWith: .success) {
            let controller = CgroupHost.controller
            let host = try CgroupHost.enter("eve \(controller)")
            prepare()
            let node = "\(CgroupHost.top)/u2000"
            // The line, and whether the kernel is needed to judge it.
            let refused = [
                ("eve * nosuch.max=5", false), ("@eve * nosuch.max=5", false),
                ("eve * memory.max=8G", false), ("2000 \(controller) pids.max=9", false),
                ("eve * \(controller).2MB.nosuch=5", false),
                ("eve \(controller) \(controller).7MB.max=max", false),
                ("eve * \(controller).2MB.max=eight", true),
                ("eve * cgroup.max.depth=5 nosuch.max=1", false),
            ]
            for existing in [false, true] {
                for (line, needsKernel) in refused {
                    let said = "\(line), existing: \(existing)"
                    host.allow(["eve \(controller) \(controller).2MB.max=8M"])
                    shell("berth-cgroup setup && berth-cgroup check")
                    expect(host.run("exec $0 true").succeeded, said)
                    expect(verdicts("lxc-usercgroup", "cgroup-node"), is: ["ok", "ok"], said)
                    if !existing {
                        shell("cd \(CgroupHost.top); find u2000 -depth -exec rmdir {} \\;")
                    }

                    host.allow(["# users", line])
                    expect(run(["berth-cgroup", "check"]).succeeded, is: needsKernel, said)
                    expect(run(["berth-cgroup", "reload"]).succeeded, is: false, said)
                    expect(host.run("exec $0 true").status, is: 125, said)
                    let found = doctor()
                    expect(
                        verdicts("lxc-usercgroup", "cgroup-node").contains("problem"),
                        said + found)
                    expect(found.contains("line 2") || found.contains("lxc-usercgroup:2"), found)
                    for check in ["lxc-usercgroup", "cgroup-node"] {
                        let fix = python("findings", ["fixes", found, check]).output
                        expect(!fix.contains("chown"), fix)
                        _ = run(["/bin/bash", "-c", fix])
                    }
                    expect(host.run("exec $0 true").status, is: 125, said)
                    // An administrator may think that the owner is wrong.
                    shell("[ ! -e \(node) ] || chown -R 2000 \(node)")
                    let run = host.run("exec $0 true")
                    expect(run.status, is: 125, said)
                    expect(run.errorOutput.contains("line 2"), run.errorOutput)
                }
            }
            host.allow(["eve \(controller) \(controller).2MB.max=4M"])
            shell("berth-cgroup reload")
            expect(host.run("exec $0 true").succeeded)
            expect(host.file("\(controller).2MB.max"), is: "4194304\n")
            expect(verdicts("lxc-usercgroup", "cgroup-node"), is: ["ok", "ok"])
            host.leave()
        }
    }

    @Test("the caller's own cgroup and session are examined")
    func own() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve \(CgroupHost.controller)")
            prepare()
            let plain = host.run("\(berth) doctor", groups: [])
            expect(plain.output.contains("berth-run lxc-start -n NAME"), plain.output)
            let leaf = host.run("exec $0 \(berth) doctor --json")
            expect(leaf.output.contains("a cgroup for this command alone"), leaf.output)
            // A cgroup that may carry another program's limits must not be left.
            shell("mkdir /sys/fs/cgroup/berth-test")
            let limited = shell(
                """
                echo $$ > /sys/fs/cgroup/berth-test/cgroup.procs
                exec setpriv --reuid 2000 --regid 2000 --clear-groups \(berth) doctor
                """)
            expect(limited.output.contains("/sys/fs/cgroup/berth-test"), limited.output)
            let words = limited.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            expect(words.contains("which another program manages"), limited.output)
            let su = shell(
                """
                mkdir -m 700 /run/hers && chown 2001 /run/hers
                XDG_RUNTIME_DIR=/run/hers exec setpriv --reuid 2000 --regid 2000 --clear-groups \
                  \(berth) doctor
                """)
            expect(su.output.contains("it belongs to user 2001"), su.output)
            expect(su.status, is: 1)
            host.leave()
        }
    }

    @Test("on a host with both cgroup versions, the fix is for its init system")
    func hybrid() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            prepare()
            expect(script("hybrid-host").succeeded)
            expect(verdicts("cgroup-tree"), is: ["problem"])
            expect(doctor().contains("not available in version 2"), doctor())
            for (directory, verdict, fix) in [
                ("openrc", "problem", #""line" : "rc_cgroup_mode=\"unified\"""#),
                ("systemd/system", "warning", "systemd.unified_cgroup_hierarchy=1"),
                ("nothing", "problem", "mount only cgroup2 on /sys/fs/cgroup"),
            ] {
                shell("mkdir -p /run/\(directory)")
                expect(verdicts("cgroup-tree"), is: [verdict], directory)
                expect(doctor().contains(fix), directory + doctor())
                expect(doctor().contains("rc_cgroup_mode") == (directory == "openrc"), directory)
                shell("rmdir /run/\(directory)")
            }
            shell("while umount -l /sys 2> /dev/null; do :; done; mount -t sysfs sysfs /sys")
            shell("mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup")
            expect(verdicts("cgroup-tree"), is: ["ok"])
            _ = host
        }
    }
}

private let berth = "/run/test/bin/berth"

private func prepare() {
    shell(
        """
        install -m 755 '\(variable("BERTH") ?? "")' \(berth)
        mount -t tmpfs -o mode=755 tmpfs /usr/local/sbin
        install -m 755 '\(variable("BERTH_CGROUP") ?? "")' /usr/local/sbin/berth-cgroup
        """)
}

private func doctor(_ options: String = "--json") -> String {
    shell("\(berth) doctor eve \(options)").output
}

/// The most severe verdict of each check.
private func verdicts(_ checks: String...) -> [String] {
    checks.map { python("findings", ["verdict", doctor(), $0]).output.filter { $0 != "\n" } }
}

/// Applies the fixes of a check as root, and checks again.
private func fixed(_ check: String, _ message: String, line: Int = #line) {
    let before = doctor()
    expect(verdicts(check), is: ["problem"], line: line)
    let said = python("findings", ["messages", before, check]).output
    expect(said.contains(message), "\(message) is not in \(said)", line: line)
    let script = python("findings", ["fixes", before, check]).output
    let applied = run(["/bin/bash", "-ec", script])
    expect(applied.succeeded, script + applied.errorOutput, line: line)
    expect(verdicts(check), is: ["ok"], script, line: line)
}

private var obstacle: String? {
    if let obstacle = CgroupHost.obstacle { return obstacle }
    for name in ["BERTH", "BERTH_CGROUP"] where variable(name) == nil {
        return "no \(name): run make"
    }
    return nil
}
