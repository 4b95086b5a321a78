import TestSupport
import Testing

/// /etc/nsswitch.conf and the programs for musl, which has no NSS.
@Suite(.enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct MuslAccounts {
    @Test(
        "without nsswitch.conf, or its lines, the files are the only source",
        arguments: ["rm /etc/nsswitch.conf", "echo 'hosts: files dns' >/etc/nsswitch.conf"])
    func files(change: String) async {
        await #expect(processExitsWith: .success) { [change = change as String] in
            let host = try Host.withBridge()
            shell(change)
            shell("echo team:x:2010: >>/etc/group")
            host.allow("eve veth br0 1", "@team veth br0 1", "5000 veth br0 1")
            let container = Container(of: 2000)
            let results = (1...3).map { _ in
                Program.ours.create(container, on: "br0", groups: [2010])
            }
            expect(results.map { $0.status }, is: [0, 0, 1], "\(results)")
            expect(host.owners, is: ["eve", "@team"])
            // A user who is in no file.
            let nameless = Program.ours.create(Container(of: 5000), on: "br0", as: 5000)
            expect(Answer(nameless) != nil, "\(nameless)")
        }
    }

    @Test("with other sources, a caller in the files gets a NIC, and other users an error")
    func sources() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.useExtraUsers()
            write("carol:x:5000:5000::/run:/bin/sh\n", to: "/var/lib/extrausers/passwd")
            host.allow("eve veth br0 1", "carol veth br0 1", "5000 veth br0 1")
            expect(Answer(Program.ours.create(Container(of: 2000), on: "br0")) != nil)
            let refused = Program.ours.create(Container(of: 5000), on: "br0", as: 5000)
            expect(refused.status, is: 1)
            expect(refused.errorOutput.contains("add the caller to these files"), "\(refused)")
            expect(refused.errorOutput.count { $0 == "\n" }, is: 1)
            expect(host.isInOrder(with: 1))
            // Another source comes first, and might know another eve.
            write("passwd: sss files\ngroup: sss files\n", to: "/etc/nsswitch.conf")
            let undecided = Program.ours.create(Container(of: 2000), on: "br0")
            expect(undecided.errorOutput.contains("linked with musl"), "\(undecided)")
            expect(host.isInOrder(with: 1))
        }
    }
}

private var obstacle: String? {
    if let obstacle = Host.obstacle { return obstacle }
    return Program.isForMusl ? nil : "\(Program.ours.path) is not linked with musl"
}
