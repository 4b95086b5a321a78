import TestSupport
import Testing

/// A user kills su(1) or sudo(8) while PAM runs berth-pam, whose parent is then a process of the
/// user that waits for it. login(1), sshd(8) and cron(8) are started only by processes of root,
/// which adopt the children that these leave: see `Interruptions`.
@Suite(.oneAtATime, .enabled(if: CgroupHost.obstacle == nil, "\(CgroupHost.obstacle ?? "")"))
struct KilledLogins {
    @Test(
        "at whatever point a login is killed, berth-pam ends with it and moves no process",
        arguments: ["open_session", "close_session"],
        [["su", "bob", "-c", "true"], ["sudo", "-u", "bob", "/bin/true"]])
    func ended(event: String, program: [String]) async {
        await #expect(processExitsWith: .success) {
            [event = event as String, program = program as [String]] in
            let lab = try CgroupHost.withoutSetup("eve *", "bob *")
            defer { lab.leave() }
            lab.service("setup")
            // One command is all that sudo allows eve.
            shell("echo 'eve ALL=(bob) NOPASSWD: /bin/true' >/etc/sudoers; chmod 440 /etc/sudoers")
            let told = run(["\(scripts)/killed-login.py", event, "9"] + program)
            expect(told.lines.count, is: 1, "\(told)")
            let counts = (told.lines.last ?? "").split(separator: " ").compactMap { Int($0) }
            expect(counts.count == 2 && counts[0] > 50 && counts[1] * 2 > counts[0], "\(told)")
            expect(lab.leaves(of: CgroupHost.eve), is: [])
        }
    }
}

private let scripts = String(#filePath.dropLast("/KilledLogins.swift".count)) + "/scripts"
