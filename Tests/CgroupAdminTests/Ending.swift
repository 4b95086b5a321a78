import TestSupport
import Testing

/// teardown, gc and status on the real kernel.
@Suite(.serialized, .enabled(if: Lab.obstacle == nil, "\(Lab.obstacle ?? "")"))
struct Ending {
    @Test("teardown removes empty cgroups, reports the others, and kills no process")
    func teardown() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            lab.sleeper(of: Lab.eve)
            let made = lab.run(
                "cd \(Lab.top)/u64000; mkdir -p run-old/lxc.pivot $'odd \\e[31m' d/e/f/g",
                as: Lab.eve)
            expect(made.status, is: 0, "\(made)")
            // Made by other programs, beside `berth` and in it.
            shell("mkdir -p /sys/fs/cgroup/berth-other/run-old \(Lab.top)/mine")
            let told = lab.service("teardown")
            expect(told.status, is: 1)
            expect(told.complaint.contains("u64000 stays: it has processes: "), "\(told)")
            expect(told.complaint.contains(" sleep"), "\(told)")
            expect(told.complaint.contains("/mine stays: another program made it"), "\(told)")
            expect(!told.output.contains("\u{1b}"))
            expect(!lab.exists("u64001"))
            expect(!lab.exists("u64000/run-old") && !lab.exists("u64000/d"))
            expect(lab.leaves().count, is: 1)
            expect(lab.file("cgroup.events").contains("populated 1"))
            expect(contents(of: "/sys/fs/cgroup/berth-other/run-old/cgroup.events") != "")
            shell("rmdir \(Lab.top)/mine")
            expect(lab.service("gc", "--kill", "eve").status, is: 0)
            expect(lab.service("teardown").status, is: 0)
            expect(!lab.exists(""))
            expect(lab.service("teardown").status, is: 0)
        }
    }

    @Test("gc removes empty cgroups of users with and without a line")
    func collecting() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            lab.sleeper(of: Lab.eve)
            expect(
                lab.run(
                    "cd \(Lab.top)/u64001; mkdir -p run-a/lxc.payload.x/y run-b own", as: Lab.bob
                )
                .status, is: 0)
            let told = lab.service("gc")
            expect(told.status, is: 0)
            expect(
                Set(told.lines),
                is: ["removed \(Lab.top)/u64001/run-a", "removed \(Lab.top)/u64001/run-b"])
            expect(lab.exists("u64001/own"), "what is no leaf is its user's business")
            lab.allow("eve cpu")
            expect(lab.service("gc").output, is: "removed \(Lab.top)/u64001\n")
            // With an invalid line no cgroup is removed.
            expect(lab.leaves().count, is: 1)
            expect(lab.exists("u64000"))
        }
    }

    @Test("gc --kill kills the targets, and itself only if it is named")
    func killing() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            for words in [["gc", "--kill"], ["gc", "eve"], ["gc", "--all"]] {
                expect(run(["/run/test/bin/berth-cgroup"] + words).status, is: 64, "\(words)")
            }
            expect(lab.service("gc", "--kill", "--all", "eve").status, is: 64)
            for name in ["nobodyhere", "u64009", "../berth", "u64000/../u64001", "u64000/", ""] {
                expect(lab.service("gc", "--kill", name).status, is: 1, name)
            }
            lab.sleeper(of: Lab.eve)
            lab.sleeper(of: Lab.bob)
            let leaf = lab.leaves()[0]
            let told = lab.service("gc", "--kill", leaf)
            expect(told.status, is: 0, "\(told)")
            expect(told.lines.count == 2 && told.lines[0].contains(" sleep in "), "\(told)")
            expect(told.lines[1].hasPrefix("removed "), "\(told)")
            expect(lab.leaves(), is: [])
            expect(lab.leaves(of: Lab.bob).count, is: 1)
            // Root in a session of eve.
            lab.sleeper(of: Lab.eve)
            let inside = shell(
                """
                mkdir \(Lab.top)/u64000/run-own && echo $$ > \(Lab.top)/u64000/run-own/cgroup.procs
                /run/test/bin/berth-cgroup gc --kill --all; echo status $?
                /run/test/bin/berth-cgroup gc --kill eve; echo status $?
                /run/test/bin/berth-cgroup gc --kill u64000/run-own; echo never
                """)
            expect(inside.status, is: 128 + 9, "\(inside)")
            expect(inside.lines.filter { $0 == "status 0" }.count, is: 2, "\(inside)")
            expect(inside.complaint.contains("run-own is left alone"), "\(inside)")
            expect(lab.leaves(of: Lab.bob), is: [])
            lab.service("gc")
            expect(lab.leaves(), is: [])
        }
    }

    @Test("gc --kill also kills threads, and processes in the user's cgroup itself")
    func killingAnywhere() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve *")
            defer { lab.leave() }
            lab.service("setup")
            let hidden = lab.run(
                """
                cd \(Lab.top)/u64000 && berth-run sh -c '
                  echo -hugetlb > cgroup.subtree_control && echo $$ > cgroup.procs || echo no
                  for leaf in run-a run-b run-c; do
                    mkdir $leaf && echo threaded > $leaf/cgroup.type
                  done
                  for leaf in run-a run-b run-c .; do
                    sleep 300 <&- >&- 2>&- & echo $! > $leaf/cgroup.procs || echo no
                  done'
                """, as: Lab.eve)
            expect(hidden.status, is: 0, "\(hidden)")
            expect(hidden.output, is: "", "\(hidden)")
            let status = lab.service("status")
            expect(status.output.contains("run-a: threads of processes"), "\(status)")
            expect(status.output.contains(" sleep"), "\(status)")
            let leaf = lab.service("gc", "--kill", "run-a")
            expect(leaf.status, is: 1)
            expect(leaf.complaint.contains("gc --kill u64000"), "\(leaf)")
            let told = lab.service("gc", "--kill", "--all")
            expect(told.status, is: 0, "\(told)")
            expect(lab.file("cgroup.events").contains("populated 0"))
            expect(lab.leaves(), is: [])
        }
    }

    @Test("status shows each user and leaf in 80 columns, and users only their own")
    func status() async {
        await #expect(processExitsWith: .success) {
            let lab = try Lab.enter("eve * hugetlb.2MB.max=4194304", "bob *")
            defer { lab.leave() }
            expect(lab.service("status").status, is: 3)
            lab.service("setup")
            lab.sleeper(of: Lab.eve)
            let leaf = "\(Lab.top)/u64000/\(lab.leaves()[0])"
            shell(
                """
                mkdir \(leaf)/lxc.payload.web
                for n in $(seq 12); do
                  sleep 300 <&- >&- 2>&- & echo $! > \(leaf)/lxc.payload.web/cgroup.procs
                done
                """)
            let told = lab.service("status")
            expect(told.status, is: 0, "\(told)")
            expect(told.lines.allSatisfy { $0.count <= 80 }, "\(told)")
            for word in [
                "eve (u64000): hugetlb", "hugetlb.2MB.max=4194304", "lxc.payload.web", " sleep",
                "and 4 more", "no controller memory pids", "bob (u64001)",
            ] { expect(told.output.contains(word), "\(word) \(told)") }
            let own = lab.run("berth-cgroup status", as: Lab.eve)
            expect(own.output.contains("eve (u64000)") && !own.output.contains("bob"), "\(own)")
            expect(own.output.contains(" sleep"), "\(own)")
            let json = shell(
                """
                /run/test/bin/berth-cgroup status --json | python3 -c '
                import json, sys
                status = json.load(sys.stdin)
                eve = [u for u in status["users"] if u["user"] == "eve"][0]
                leaf = eve["leaves"][0]
                group = leaf["groups"][0]
                print(eve["uid"], leaf["kind"], group["kind"], group["container"],
                    len(group["processes"]))
                print(group["usage"]["memory"], leaf["processes"][0]["command"],
                    eve["limits"]["cgroup.max.depth"])'
                """)
            expect(json.lines, is: ["64000 leaf payload web 12", "None sleep 32"], "\(json)")
        }
    }
}
