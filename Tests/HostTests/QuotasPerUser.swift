import TestSupport
import Testing

/// Lines that grant each of several users a quota: those for `*`, and those with `each`.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct QuotasPerUser {
    @Test("* includes users with an account, and no others")
    func accounts() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("# users", "* veth br0 1")
            shell("echo 'low:x:1499:1499::/run:/bin/sh' >> /etc/passwd")
            shell("echo 'dir:x:70000:70000::/run:/bin/sh' >> /etc/passwd")
            shell("echo 'sub:x:100005:100005::/run:/bin/sh' >> /etc/passwd")
            write("eve:100000:65536\n", to: "/etc/subuid")
            write("UID_MIN 1500\n", to: "/etc/login.defs")
            for (user, reason) in [
                (2000, nil), (2001, nil), (70000, nil),
                (0, "has an ID below 1500, which is UID_MIN"),
                (1499, "has an ID below 1500"), (65534, "has the ID of the user nobody"),
                (3333, "has no name"),
                (100_005, "has an ID that /etc/subuid gives"), (100_006, "has no name"),
            ] as [(Int, String?)] {
                let container = Container(of: user)
                let outcome = Program.ours.create(container, on: "br0", as: user)
                expect(outcome.status, is: reason == nil ? 0 : 1, "\(user): \(outcome)")
                guard let reason else { continue }
                let said = "(line 2 is for users with an account, and this user \(reason)"
                expect(outcome.errorOutput.contains(said), "\(user): \(outcome)")
            }
            expect(host.owners, is: ["eve", "bob", "dir"])
        }
    }

    @Test("without login.defs, the user IDs of accounts begin at 1000")
    func defaultMinimum() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("* veth br0 1")
            shell("rm -f /etc/login.defs /etc/subuid")
            shell("echo 'low:x:999:999::/run:/bin/sh' >> /etc/passwd")
            shell("sed -i /:1000:/d /etc/passwd")
            shell("echo 'first:x:1000:1000::/run:/bin/sh' >> /etc/passwd")
            let low = Program.ours.create(Container(of: 999), on: "br0", as: 999)
            expect(low.errorOutput.contains("has an ID below 1000"), "\(low)")
            expect(Program.ours.create(Container(of: 1000), on: "br0", as: 1000).status, is: 0)
            expect(host.owners, is: ["first"])
        }
    }

    @Test(
        "if login.defs or subuid is unusable, lines for * grant nothing, and other lines still do",
        arguments: [
            "chmod o+w /etc/login.defs", "chmod g+w /etc/subuid", "chown 2000 /etc/login.defs",
            "echo UID_MIN 1e3 > /etc/login.defs", "chmod 600 /etc/subuid",
            "truncate -s 2M /etc/login.defs", "rm /etc/login.defs; mkfifo /etc/login.defs",
            "rm /etc/subuid; ln -s /dev/zero /etc/subuid",
        ])
    func undecided(change: String) async {
        await #expect(processExitsWith: .success) { [change = change as String] in
            let host = try Host.withBridge()
            write("UID_MIN 1000\n", to: "/etc/login.defs")
            write("eve:100000:65536\n", to: "/etc/subuid")
            shell(change)
            host.allow("* veth br0 1", "bob veth br0 1")
            let outcome = Program.ours.create(Container(of: 2000), on: "br0")
            expect(outcome.status, is: 1)
            let said = "and it is unknown whether this user has one: "
            expect(outcome.errorOutput.contains(said), "\(outcome)")
            expect(host.isInOrder(with: 0))
            expect(Program.ours.create(Container(of: 2001), on: "br0", as: 2001).status, is: 0)
        }
    }

    @Test("a NIC that was charged to a user by * or each can be deleted, and frees the quota")
    func delete() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell("echo crew:x:3000: >> /etc/group")
            let container = Container(of: 2000)
            for line in ["* veth br0 1", "@crew veth br0 1 each"] {
                host.allow(line)
                for _ in 1...2 {
                    let outcome = Program.ours.create(container, on: "br0", groups: [3000])
                    let nic = try #require(Answer(outcome), "\(outcome)").hostName
                    let over = Program.ours.create(container, on: "br0", groups: [3000])
                    expect(over.errorOutput.contains("has 1 of 1 NICs on br0"), "\(over)")
                    let gone = Program.ours.delete(nic, of: container, on: "br0", groups: [3000])
                    expect(gone.status, is: 0, "\(gone)")
                    expect(host.isInOrder(with: 0))
                }
            }
        }
    }

    @Test(
        "a line that names the user excludes them from *, even if it is invalid or its count is 0")
    func named() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let container = Container(of: 2000)
            host.allow("* veth br0 9", "eve veth br0 0")
            let none = Program.ours.create(container, on: "br0")
            expect(none.errorOutput.contains("has 0 of 0 NICs on br0"), "\(none)")
            host.allow("* veth br0 9", "eve veth br0 1 isolatd")
            let invalid = Program.ours.create(container, on: "br0")
            expect(invalid.errorOutput.contains("(line 2 is ignored: the option"), "\(invalid)")
            expect(host.isInOrder(with: 0))
            expect(Program.ours.create(Container(of: 2001), on: "br0", as: 2001).status, is: 0)
        }
    }
}
