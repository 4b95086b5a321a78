import TestSupport
import Testing

/// berth-run in the normal case: the command is in a new cgroup, and nothing else has changed.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct OwnCgroup {
    @Test("the command is alone in a new cgroup of its user")
    func leaf() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let result = host.run(
                "exec $0 --name web sh -c 'grep ^0:: /proc/self/cgroup; echo $$; id -u'")
            expect(result.status, is: 0, "\(result)")
            let leaf = result.lines.first?.split(separator: "/").last.map(String.init) ?? ""
            expect(
                result.lines.first?.wholeMatch(of: /0::\/berth\/u2000\/run-[0-9a-z]{8}-web/) != nil,
                "\(result)")
            expect(host.leaves(), is: [leaf])
            // Each run creates another, and removes the empty one.
            let next = host.run("exec $0 grep ^0:: /proc/self/cgroup")
            expect(next.output.contains("/berth/u2000/run-") && !next.output.contains(leaf))
            expect(host.leaves().count, is: 1)
            host.leave()
        }
    }

    @Test("exactly the files that the kernel lists are delegated")
    func delegation() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve * hugetlb.2MB.max=4194304")
            expect(host.run("exec $0 true").status, is: 0)
            let delegated = Set(contents(of: "/sys/kernel/cgroup/delegate").split(separator: "\n"))
            expect(delegated.contains("cgroup.procs"))
            let files = shell(
                "cd \(CgroupHost.top)/u2000; find . -maxdepth 1 -printf '%P %U %m %y\\n'")
            expect(files.lines.count > 10, "\(files)")
            for line in files.lines {
                let words = line.split(separator: " ", omittingEmptySubsequences: false)
                let isTheirs =
                    words[0].isEmpty || delegated.contains(words[0])
                    || words[0].hasPrefix("run-")
                expect(words[1] == (isTheirs ? "2000" : "0"), line)
                // Other users can write no file.
                expect(words[2].suffix(2).allSatisfy { "0145".contains($0) }, line)
                if words[0].isEmpty { expect(words[2], is: "711") }
            }
            expect(host.file("hugetlb.2MB.max"), is: "4194304\n")
            expect(host.file("cgroup.max.descendants"), is: "4096\n")
            expect(host.file("cgroup.max.depth"), is: "32\n")
            expect(host.file("cgroup.subtree_control"), is: "hugetlb\n")
            let marks = python("delegate-attributes")
            expect(marks.lines, is: ["b'1'", "b'1'"], "\(marks)")
            host.leave()
        }
    }

    @Test("everything else is inherited unchanged")
    func surroundings() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            shell("mkdir -m 777 /run/test/user; echo text > /run/test/user/file")
            shell("cp '\(scriptPath("process-attributes.sh"))' /run/test/probe")
            let settings = [
                "true", "umask 077", "umask 0777", "ulimit -n 60 -f 7 -c 0 -t 9",
                "cd /run/test/user",
                "trap '' INT TERM HUP CHLD PIPE", "exec 3<&- 9>/run/test/user/nine",
                "export LD_LIBRARY_PATH=/l TMPDIR=/t GCONV_PATH=/g MALLOC_CHECK_=1 LD_BIND_NOW=1 "
                    + "A= B=$'x\\ny'",
                "unset PATH LANG; export PATH=/usr/bin",
                "renice -n 5 $$ > /dev/null; echo 100 > /proc/self/oom_score_adj",
            ]
            for setting in settings {
                let words = "exec 4< /run/test/user/file; \(setting); exec"
                let plain = host.run("\(words) /bin/bash /run/test/probe", groups: [7, 8])
                let within = host.run("\(words) $0 /bin/bash /run/test/probe", groups: [7, 8])
                expect(plain.lines.count > 30, "\(plain)")
                let differences = zip(within.lines, plain.lines).filter { $0 != $1 }
                expect(differences.isEmpty, "\(setting): \(differences)")
                expect(within.lines.count, is: plain.lines.count, setting)
                expect(within.errorOutput, is: plain.errorOutput, setting)
            }
            // The loader opens a setuid program's closed descriptors in the wrong mode, so using
            // them fails as if they were closed.
            expect(host.run("$0 cat <&-").errorOutput.contains("Bad file descriptor"))
            expect(host.run("$0 cat /etc/passwd >&-").errorOutput.contains("Bad file descriptor"))
            expect(host.run("$0 sh -c 'echo x >&2' 2>&-").status != 0)
            host.leave()
        }
    }

    @Test("berth-run exits with the status of the command, or with its own if it fails")
    func statuses() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            expect(host.run("$0 sh -c 'exit 7'").status, is: 7)
            expect(host.run("$0 -- sh -c 'kill -9 $$'; echo $?").output, is: "137\n")
            let cases: [(String, Int32, String)] = [
                ("$0 no-such-command", 127, "no-such-command: command not found"),
                ("$0 /no/such", 127, "/no/such: command not found"),
                ("$0 ''", 127, ": command not found"),
                ("$0 /etc/passwd", 126, "cannot run /etc/passwd: Permission denied"),
                ("$0 /tmp", 126, "cannot run /tmp: Permission denied"),
                ("$0", 125, "usage: "), ("$0 --", 125, "usage: "),
                ("$0 --name", 125, "usage: "), ("$0 --scope-info true", 125, "usage: "),
                ("$0 --nme x true", 125, "unknown option \"--nme\""),
                ("$0 --name ../x true", 125, "\"../x\" cannot be part of the name of a cgroup"),
                ("$0 --name= true", 125, "\"\" cannot be part"),
                ("$0 --name=\(String(repeating: "a", count: 33)) true", 125, "cannot be part"),
            ]
            for (script, status, words) in cases {
                let outcome = host.run(script)
                expect(outcome.status, is: status, script)
                expect(
                    outcome.errorOutput.contains("berth-run: ")
                        && outcome.errorOutput.contains(words),
                    "\(outcome)")
                expect(outcome.errorOutput.count { $0 == "\n" }, is: 1)
            }
            // No cgroup was created for these.
            expect(host.leaves().count, is: 1, "\(host.leaves())")
            // The shell runs a script without an interpreter line.
            shell("install -m 755 <(echo 'echo plain') /run/test/bin/plain")
            expect(host.run("$0 /run/test/bin/plain").output, is: "plain\n")
            expect(host.run("cd /run/test/bin; PATH=:/usr/bin $0 plain").output, is: "plain\n")
            expect(
                host.run("$0 --scope-info").output,
                is:
                    "\(CgroupHost.top)/u2000/run-*: hugetlb, granted by line 1 of "
                    + "/etc/lxc/lxc-usercgroup\n"
            )
            expect(host.run("$0 --help").output.hasPrefix("usage: berth-run "))
            // If the answer cannot be written, berth-run fails.
            let untold = host.run("exec $0 --scope-info > /dev/full")
            expect(untold.status, is: 125)
            expect(
                untold.errorOutput.contains("cannot write to standard output: No space"),
                "\(untold)")
            // A controller that the test host does not provide.
            host.allow(["eve memory"])
            let without = host.run("$0 --scope-info").output
            expect(without.contains("/u2000/run-*: no controllers, granted by line 1"), without)
            // A limit whose controller setup has not enabled yet.
            host.allow(["eve * memory.max=1G"])
            shell("cd \(CgroupHost.top); find u2000 -depth -type d -exec rmdir {} \\;")
            let early = host.run("exec $0 true").errorOutput
            expect(early.contains("memory.max, which line 1 of"), early)
            expect(early.contains("run berth-cgroup setup"), early)
            host.leave()
        }
    }

    @Test("after a hundred commands at once, no cgroup remains")
    func hundred() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("@crowd *")
            shell("echo crowd:x:3000: >> /etc/group")
            let outcome = host.run(
                "for n in $(seq 100); do $0 true || echo failed $n; done 2>&1 & "
                    + "for n in $(seq 100); do ($0 true || echo failed $n) & done 2>&1; wait",
                groups: [3000])
            expect(outcome.output, is: "", "\(outcome)")
            // The next run removes the last ones, and leaves its own.
            for _ in 1...20 { expect(host.run("exec $0 true", groups: [3000]).status, is: 0) }
            expect(host.leaves().count, is: 1, "\(host.leaves())")
            host.leave()
        }
    }

    @Test("empty cgroups are removed, and cgroups in use are kept")
    func emptyBesideUsed() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter("eve *")
            let outcome = script("used-and-empty")
            expect(outcome.lines, is: ["24"], "\(outcome)")
            expect(outcome.errorOutput, is: "")
            let empty = host.leaves().count - 24
            expect((0..<12).contains(empty), "\(empty)")
            host.leave()
        }
    }

    @Test("of the lines for a user, an ID or a group, the first applies")
    func policies() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.enter()
            shell("echo staff2:x:3000: >> /etc/group")
            let cases: [([String], [Int], String)] = [
                (["eve *"], [], "1"), (["# c", "", "2000 hugetlb"], [], "3"),
                (["bob *", "@staff2 *"], [3000], "2"), (["@2000 *"], [], "no line"),
                (["@eve *"], [], "1"),
                (["eve hugetlb", "eve *"], [], "1"), (["eve memory"], [], "1"),
                (["bob *"], [], "no line"), (["@staff2 *"], [], "no line"), ([], [], "no line"),
                (["eve"], [], "line 1 of /etc/lxc/lxc-usercgroup is invalid"),
                (["eve cpu,pids", "eve *"], [], "only threaded controllers"),
                (["eve * hugetlb.2MB.max"], [], "is not a limit"),
                (["eve * cgroup.procs=1"], [], "does not name a cgroup file"),
                (["eve * memory.max=8Gb"], [], "is not a valid value"),
                (["eve *,x!"], [], "is neither"),
            ]
            for (lines, groups, words) in cases {
                host.allow(lines)
                let outcome = host.run("exec $0 --scope-info", groups: groups)
                if Int(words) != nil {
                    expect(outcome.status, is: 0, "\(lines) \(outcome)")
                    expect(
                        outcome.output.hasSuffix("by line \(words) of /etc/lxc/lxc-usercgroup\n"),
                        "\(lines) \(outcome)")
                } else {
                    expect(outcome.status, is: 125, "\(lines)")
                    expect(outcome.errorOutput.contains(words), "\(lines) \(outcome)")
                }
            }
            shell("rm /etc/lxc/lxc-usercgroup")
            expect(
                host.run("$0 true").errorOutput.contains("/etc/lxc/lxc-usercgroup does not exist"))
            shell("echo 'eve *' > /etc/lxc/lxc-usercgroup; chmod 666 /etc/lxc/lxc-usercgroup")
            expect(host.run("$0 true").errorOutput.contains("users other than root can write it"))
            // The file may be readable for root only.
            shell("chmod 600 /etc/lxc/lxc-usercgroup")
            expect(host.run("$0 true").status, is: 0)
            host.leave()
        }
    }
}
