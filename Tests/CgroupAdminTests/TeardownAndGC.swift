import TestSupport
import Testing

/// teardown and gc, on the real kernel.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct TeardownAndGC {
    @Test("teardown removes empty cgroups, reports the others, and kills no process")
    func teardown() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { host.leave() }
            host.service("setup")
            host.sleeper(of: CgroupHost.eve)
            let made = host.run(
                "cd \(CgroupHost.top)/u2000; mkdir -p run-old/lxc.pivot $'odd \\e[31m' d/e/f/g",
                as: CgroupHost.eve)
            expect(made.status, is: 0, "\(made)")
            // Cgroups that are not Berth's: a sibling and a child of `berth`.
            shell("mkdir -p /sys/fs/cgroup/berth-other/run-old \(CgroupHost.top)/mine")
            let result = host.service("teardown")
            expect(result.status, is: 1)
            expect(result.errorOutput.contains("u2000 was kept: it has processes: "), "\(result)")
            expect(result.errorOutput.contains(" sleep"), "\(result)")
            expect(
                result.errorOutput.contains("/mine was kept: another program created it"),
                "\(result)")
            expect(!(result.output + result.errorOutput).contains("\u{1b}"), "\(result)")
            expect(!host.exists("u2001"))
            expect(!host.exists("u2000/run-old") && !host.exists("u2000/d"))
            expect(host.leaves().count, is: 1)
            expect(host.file("cgroup.events").contains("populated 1"))
            expect(contents(of: "/sys/fs/cgroup/berth-other/run-old/cgroup.events") != "")
            shell("rmdir \(CgroupHost.top)/mine")
            expect(host.service("gc", "--kill", "eve").status, is: 0)
            expect(host.service("teardown").status, is: 0)
            expect(!host.exists(""))
            expect(host.service("teardown").status, is: 0)
        }
    }

    @Test("gc removes empty cgroups of users with and without a line")
    func collecting() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { host.leave() }
            host.service("setup")
            host.sleeper(of: CgroupHost.eve)
            expect(
                host.run(
                    "cd \(CgroupHost.top)/u2001; mkdir -p run-a/lxc.payload.x/y run-b own",
                    as: CgroupHost.bob
                )
                .status, is: 0)
            let result = host.service("gc")
            expect(result.status, is: 0)
            expect(
                Set(result.lines),
                is: [
                    "removed \(CgroupHost.top)/u2001/run-a",
                    "removed \(CgroupHost.top)/u2001/run-b",
                ])
            expect(host.exists("u2001/own"), "other cgroups of the user are kept")
            host.allow("eve cpu")
            expect(host.service("gc").output, is: "removed \(CgroupHost.top)/u2001\n")
            // An invalid line removes no user's cgroup.
            expect(host.leaves().count, is: 1)
            expect(host.exists("u2000"))
        }
    }

    @Test("gc --kill kills the targets, and itself only if it is named")
    func killing() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { host.leave() }
            host.service("setup")
            for words in [["gc", "--kill"], ["gc", "eve"], ["gc", "--all"]] {
                expect(run(["/run/test/bin/berth-cgroup"] + words).status, is: 64, "\(words)")
            }
            expect(host.service("gc", "--kill", "--all", "eve").status, is: 64)
            for name in ["nobodyhere", "u2009", "../berth", "u2000/../u2001", "u2000/", ""] {
                expect(host.service("gc", "--kill", name).status, is: 1, name)
            }
            host.sleeper(of: CgroupHost.eve)
            host.sleeper(of: CgroupHost.bob)
            let leaf = host.leaves()[0]
            let result = host.service("gc", "--kill", leaf)
            expect(result.status, is: 0, "\(result)")
            expect(result.lines.count == 2 && result.lines[0].contains(" sleep in "), "\(result)")
            expect(result.lines[1].hasPrefix("removed "), "\(result)")
            expect(host.leaves(), is: [])
            expect(host.leaves(of: CgroupHost.bob).count, is: 1)
            // Root, in a session of eve.
            host.sleeper(of: CgroupHost.eve)
            let inside = script("kill-from-inside")
            expect(inside.status, is: 128 + 9, "\(inside)")
            expect(inside.lines.filter { $0 == "status 0" }.count, is: 2, "\(inside)")
            expect(inside.errorOutput.contains("run-own was skipped"), "\(inside)")
            expect(host.leaves(of: CgroupHost.bob), is: [])
            host.service("gc")
            expect(host.leaves(), is: [])
        }
    }

    @Test("gc --kill kills threads, too, and processes in the user's own cgroup")
    func killingAnywhere() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *")
            defer { host.leave() }
            host.service("setup")
            let hidden = script("threaded-cgroups")
            expect(hidden.status, is: 0, "\(hidden)")
            expect(hidden.output, is: "", "\(hidden)")
            let status = host.service("status")
            expect(status.output.contains("run-a: threads of processes"), "\(status)")
            expect(status.output.contains(" sleep"), "\(status)")
            let leaf = host.service("gc", "--kill", "run-a")
            expect(leaf.status, is: 1)
            expect(leaf.errorOutput.contains("gc --kill u2000"), "\(leaf)")
            let result = host.service("gc", "--kill", "--all")
            expect(result.status, is: 0, "\(result)")
            expect(host.file("cgroup.events").contains("populated 0"))
            expect(host.leaves(), is: [])
        }
    }
}
