import TestSupport
import Testing

/// teardown, gc and status, on the real kernel.
@Suite(.serialized, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct Ending {
    @Test("teardown removes empty cgroups, reports the others, and kills no process")
    func teardown() async {
        await #expect(processExitsWith: .success) {
            let lab = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            lab.sleeper(of: CgroupHost.eve)
            let made = lab.run(
                "cd \(CgroupHost.top)/u2000; mkdir -p run-old/lxc.pivot $'odd \\e[31m' d/e/f/g",
                as: CgroupHost.eve)
            expect(made.status, is: 0, "\(made)")
            // Not Berth's, beside it and in it.
            shell("mkdir -p /sys/fs/cgroup/berth-other/run-old \(CgroupHost.top)/mine")
            let told = lab.service("teardown")
            expect(told.status, is: 1)
            expect(told.complaint.contains("u2000 stays: it has processes: "), "\(told)")
            expect(told.complaint.contains(" sleep"), "\(told)")
            expect(told.complaint.contains("/mine stays: another program made it"), "\(told)")
            expect(!(told.output + told.complaint).contains("\u{1b}"), "\(told)")
            expect(!lab.exists("u2001"))
            expect(!lab.exists("u2000/run-old") && !lab.exists("u2000/d"))
            expect(lab.leaves().count, is: 1)
            expect(lab.file("cgroup.events").contains("populated 1"))
            expect(contents(of: "/sys/fs/cgroup/berth-other/run-old/cgroup.events") != "")
            shell("rmdir \(CgroupHost.top)/mine")
            expect(lab.service("gc", "--kill", "eve").status, is: 0)
            expect(lab.service("teardown").status, is: 0)
            expect(!lab.exists(""))
            expect(lab.service("teardown").status, is: 0)
        }
    }

    @Test("gc removes empty cgroups of users with and without a line")
    func collecting() async {
        await #expect(processExitsWith: .success) {
            let lab = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            lab.sleeper(of: CgroupHost.eve)
            expect(
                lab.run(
                    "cd \(CgroupHost.top)/u2001; mkdir -p run-a/lxc.payload.x/y run-b own",
                    as: CgroupHost.bob
                )
                .status, is: 0)
            let told = lab.service("gc")
            expect(told.status, is: 0)
            expect(
                Set(told.lines),
                is: [
                    "removed \(CgroupHost.top)/u2001/run-a",
                    "removed \(CgroupHost.top)/u2001/run-b",
                ])
            expect(lab.exists("u2001/own"), "other cgroups are left to their user")
            lab.allow("eve cpu")
            expect(lab.service("gc").output, is: "removed \(CgroupHost.top)/u2001\n")
            // An invalid line removes no user's cgroup.
            expect(lab.leaves().count, is: 1)
            expect(lab.exists("u2000"))
        }
    }

    @Test("gc --kill kills the targets, and itself only if it is named")
    func killing() async {
        await #expect(processExitsWith: .success) {
            let lab = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            for words in [["gc", "--kill"], ["gc", "eve"], ["gc", "--all"]] {
                expect(run(["/run/test/bin/berth-cgroup"] + words).status, is: 64, "\(words)")
            }
            expect(lab.service("gc", "--kill", "--all", "eve").status, is: 64)
            for name in ["nobodyhere", "u2009", "../berth", "u2000/../u2001", "u2000/", ""] {
                expect(lab.service("gc", "--kill", name).status, is: 1, name)
            }
            lab.sleeper(of: CgroupHost.eve)
            lab.sleeper(of: CgroupHost.bob)
            let leaf = lab.leaves()[0]
            let told = lab.service("gc", "--kill", leaf)
            expect(told.status, is: 0, "\(told)")
            expect(told.lines.count == 2 && told.lines[0].contains(" sleep in "), "\(told)")
            expect(told.lines[1].hasPrefix("removed "), "\(told)")
            expect(lab.leaves(), is: [])
            expect(lab.leaves(of: CgroupHost.bob).count, is: 1)
            // Root, in a session of eve.
            lab.sleeper(of: CgroupHost.eve)
            let inside = script("kill-from-inside")
            expect(inside.status, is: 128 + 9, "\(inside)")
            expect(inside.lines.filter { $0 == "status 0" }.count, is: 2, "\(inside)")
            expect(inside.complaint.contains("run-own is left alone"), "\(inside)")
            expect(lab.leaves(of: CgroupHost.bob), is: [])
            lab.service("gc")
            expect(lab.leaves(), is: [])
        }
    }

    @Test("gc --kill also kills threads, and processes in the user's cgroup itself")
    func killingAnywhere() async {
        await #expect(processExitsWith: .success) {
            let lab = try CgroupHost.withoutSetup("eve *")
            defer { lab.leave() }
            lab.service("setup")
            let hidden = script("threaded-cgroups")
            expect(hidden.status, is: 0, "\(hidden)")
            expect(hidden.output, is: "", "\(hidden)")
            let status = lab.service("status")
            expect(status.output.contains("run-a: threads of processes"), "\(status)")
            expect(status.output.contains(" sleep"), "\(status)")
            let leaf = lab.service("gc", "--kill", "run-a")
            expect(leaf.status, is: 1)
            expect(leaf.complaint.contains("gc --kill u2000"), "\(leaf)")
            let told = lab.service("gc", "--kill", "--all")
            expect(told.status, is: 0, "\(told)")
            expect(lab.file("cgroup.events").contains("populated 0"))
            expect(lab.leaves(), is: [])
        }
    }

    @Test("status shows each user and leaf in 80 columns, and users only their own")
    func status() async {
        await #expect(processExitsWith: .success) {
            let lab = try CgroupHost.withoutSetup("eve * hugetlb.2MB.max=4194304", "bob *")
            defer { lab.leave() }
            expect(lab.service("status").status, is: 3)
            lab.service("setup")
            lab.sleeper(of: CgroupHost.eve)
            let leaf = "\(CgroupHost.top)/u2000/\(lab.leaves()[0])"
            expect(script("payload", [leaf]).succeeded)
            let told = lab.service("status")
            expect(told.status, is: 0, "\(told)")
            expect(told.lines.allSatisfy { $0.count <= 80 }, "\(told)")
            for word in [
                "eve (u2000): hugetlb", "hugetlb.2MB.max=4194304", "lxc.payload.web", " sleep",
                "and 4 more", "no controller memory pids", "bob (u2001)",
            ] { expect(told.output.contains(word), "\(word) \(told)") }
            let own = lab.run("berth-cgroup status", as: CgroupHost.eve)
            expect(own.output.contains("eve (u2000)") && !own.output.contains("bob"), "\(own)")
            expect(own.output.contains(" sleep"), "\(own)")
            let json = python("status-of-eve")
            expect(json.lines, is: ["2000 leaf payload web 12", "None sleep 32"], "\(json)")
        }
    }
}
