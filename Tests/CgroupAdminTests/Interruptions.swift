import TestSupport
import Testing

/// A user can stop or kill su(1), which has the user's real user ID, while PAM's modules run.
@Suite(.serialized, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct Interruptions {
    @Test(
        "a session that its user stops sets no outdated limits when it goes on",
        arguments: ["mkdirat", "fsetxattr", "fchmod"])
    func stopped(call: String) async {
        await #expect(processExitsWith: .success) { [call = call as String] in
            // The cgroup of a group's member is made at the first login.
            let lab = try CgroupHost.withoutSetup("@team * hugetlb.2MB.max=8388608")
            defer { lab.leave() }
            lab.service("setup")
            let told = script("session-resumed", [Logins.session, call])
            expect(told.lines, is: ["8388608", "2097152"], "\(told)")
        }
    }

    @Test("a reload overrides a stopped session that continues during it")
    func resumed() async {
        await #expect(processExitsWith: .success) {
            let lab = try CgroupHost.withoutSetup("@team * hugetlb.2MB.max=8388608")
            defer { lab.leave() }
            lab.service("setup")
            let told = script("reload-resumed", [Logins.session])
            expect(told.lines.suffix(2), is: ["2097152", "bob"], "\(told)")
        }
    }

    @Test("the process ID of a session that ends is not reused before the move")
    func endsMeanwhile() async {
        await #expect(processExitsWith: .success) {
            let lab = try CgroupHost.withoutSetup("eve *")
            defer { lab.leave() }
            lab.service("setup")
            let told = script("session-killed", [Logins.session])
            expect(told.lines, is: ["Z", "137", "gone", "0"], "\(told)")
            expect(lab.leaves(), is: [])
        }
    }

    /// A user's program may even wait for the child: it does not run as root.
    @Test(
        "a process that adopts a session's child is not taken for the session",
        arguments: [[], ["2000"]])
    func inherited(user: [String]) async {
        await #expect(processExitsWith: .success) { [user = user as [String]] in
            let lab = try CgroupHost.withoutSetup("bob *")
            defer { lab.leave() }
            lab.service("setup")
            let told = run(["\(scripts)/reaper.py", Logins.session] + user)
            expect(told.lines, is: ["/"], "\(told)")
            expect(lab.leaves(of: CgroupHost.bob), is: [])
        }
    }
}

private let scripts = String(#filePath.dropLast("/Interruptions.swift".count)) + "/scripts"
