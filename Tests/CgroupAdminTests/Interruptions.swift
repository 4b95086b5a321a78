import TestSupport
import Testing

/// A user can stop or kill su(1), which has the user's real user ID, while PAM's modules run.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct Interruptions {
    @Test(
        "a session that its user stops sets no outdated limits when it continues",
        arguments: ["mkdirat", "fsetxattr", "fchmod"])
    func stopped(call: String) async {
        await #expect(processExitsWith: .success) { [call = call as String] in
            // The cgroup of a group's member is created at the first login.
            let host = try CgroupHost.withoutSetup("@team * hugetlb.2MB.max=8388608")
            defer { host.leave() }
            host.service("setup")
            let result = script("session-resumed", [Logins.session, call])
            expect(result.lines, is: ["8388608", "2097152"], "\(result)")
        }
    }

    @Test("a reload overrides a stopped session that continues during it")
    func resumed() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("@team * hugetlb.2MB.max=8388608")
            defer { host.leave() }
            host.service("setup")
            let result = script("reload-resumed", [Logins.session])
            expect(result.lines.suffix(2), is: ["2097152", "bob"], "\(result)")
        }
    }

    @Test("the process ID of a session that ends is not reused before the move")
    func endsMeanwhile() async {
        await #expect(processExitsWith: .success) {
            let host = try CgroupHost.withoutSetup("eve *")
            defer { host.leave() }
            host.service("setup")
            let result = script("session-killed", [Logins.session])
            expect(result.lines, is: ["Z", "137", "gone", "0"], "\(result)")
            expect(host.leaves(), is: [])
        }
    }

    /// With 2000, a process of a user adopts the child and waits for it.
    @Test(
        "a process that adopts a session's child is not treated as the session",
        arguments: [[], ["2000"]])
    func inherited(user: [String]) async {
        await #expect(processExitsWith: .success) { [user = user as [String]] in
            let host = try CgroupHost.withoutSetup("bob *")
            defer { host.leave() }
            host.service("setup")
            let result = run(["\(scripts)/reaper.py", Logins.session] + user)
            expect(result.lines, is: ["/"], "\(result)")
            expect(host.leaves(of: CgroupHost.bob), is: [])
        }
    }
}

private let scripts = String(#filePath.dropLast("/Interruptions.swift".count)) + "/scripts"
