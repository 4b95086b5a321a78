import TestSupport
import Testing

/// Users and groups from the sources that /etc/nsswitch.conf names.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct AccountSources {
    @Test(
        "users and groups may come from a source other than /etc/passwd and /etc/group",
        .disabled(if: Program.isForMusl, "musl has no NSS"))
    func extraUsers() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.useExtraUsers()
            write("carol:x:5000:5000::/run:/bin/sh\n", to: "/var/lib/extrausers/passwd")
            write("carol:x:5000:\ncrew:x:5001:\n", to: "/var/lib/extrausers/group")
            host.allow("carol veth br0 1", "@crew veth br0 1")
            let container = Container(of: 5000)
            let results = (1...3).map { _ in
                Program.ours.create(container, on: "br0", as: 5000, groups: [5001])
            }
            expect(results.map { $0.status }, is: [0, 0, 1], "\(results)")
            expect(host.owners, is: ["carol", "@crew"])
            expect(results[2].errorOutput.contains("user carol has 2 of 2"))
            let nic = Answer(results[1])?.hostName ?? ""
            let gone = Program.ours.delete(
                nic, of: container, on: "br0", as: 5000, groups: [5001])
            expect(gone.output, is: "\n", "\(gone)")
            expect(host.owners, is: ["carol"])
        }
    }

    @Test(
        "a user ID of any size gets a NIC",
        arguments: [65535, 65536, 65537, 70000, 2_147_483_648, 4_294_967_294])
    func largeNumbers(user: Int) async {
        await #expect(processExitsWith: .success) { [user = user as Int] in
            let host = try Host.withBridge()
            shell("echo 'big:x:\(user):\(user)::/run:/bin/sh' >> /etc/passwd")
            host.allow("big veth br0 1")
            let container = Container(of: user)
            let outcome = Program.ours.create(container, on: "br0", as: user)
            let answer = try #require(Answer(outcome), "\(outcome)")
            let parts = answer.hostName.split(separator: "_")
            if user <= 65536 {
                expect(parts.first ?? "", is: "veth\(user)")
                expect(parts.last?.count, is: 4)
            } else {
                expect(answer.hostName.wholeMatch(of: /veth[a-zA-Z0-9]{6}/) != nil)
            }
            expect(host.isInOrder(with: 1, of: "big"))
            expect(Program.ours.create(container, on: "br0", as: user).status, is: 1)
            let gone = Program.ours.delete(answer.hostName, of: container, on: "br0", as: user)
            expect(gone.status, is: 0, "\(gone)")
            expect(host.isInOrder(with: 0))
        }
    }

    @Test("a line for the last of the caller's three thousand groups, some without a name, applies")
    func thousandsOfGroups() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell("for n in {3000..5990}; do echo group$n:x:$n:; done >> /etc/group")
            host.allow("@group5990 veth br0 1")
            let container = Container(of: 2000)
            let groups = Array(2991...5990)
            let first = Program.ours.create(container, on: "br0", groups: groups)
            expect(Answer(first) != nil, "\(first)")
            expect(host.owners, is: ["@group5990"])
            let second = Program.ours.create(container, on: "br0", groups: groups)
            expect(second.errorOutput.contains("eve has 1 of 1"), "\(second)")
            // Not a member of the group that the line is for.
            let bobs = Program.ours.create(
                Container(of: 2001), on: "br0", as: 2001, groups: Array(2991...5989))
            expect(bobs.errorOutput.contains("no line in"), "\(bobs)")
            expect(host.isInOrder(with: 1, of: "@group5990"))
        }
    }

    @Test(
        "the last of ten thousand lines for groups applies to a member of its group",
        arguments: [1, 3000])
    func thousandsOfLines(memberships: Int) async {
        await #expect(processExitsWith: .success) { [memberships = memberships as Int] in
            let host = try Host.withBridge()
            shell(
                """
                for n in {10001..20000}; do echo group$n:x:$n:; done >> /etc/group
                for n in {10001..20000}; do echo "@group$n veth br0 1"; done > /etc/lxc/lxc-usernet
                """)
            let container = Container(of: 2000)
            let groups = [20000] + Array(30000..<30000 + memberships - 1)
            let results = (1...2).map { _ in
                Program.ours.create(container, on: "br0", groups: groups)
            }
            expect(results.map { $0.status }, is: [0, 1], "\(results)")
            expect(results[1].errorOutput.contains("line 10000 of"), "\(results[1])")
            expect(host.isInOrder(with: 1, of: "@group20000"))
        }
    }

    @Test("names with blanks and backslashes are written as octal escapes")
    func oddNames() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let users = [#"a b"#, #"DOMAIN\carol"#, #"DOMAIN\123"#, "@crew"]
            let fields = [#"a\040b"#, #"DOMAIN\carol"#, #"DOMAIN\134123"#, #"\100crew"#]
            write(
                contents(of: "/etc/passwd")
                    + users.enumerated().map { "\($1):x:\(2100 + $0):2100::/:/bin/sh\n" }.joined(),
                to: "/etc/passwd")
            write(contents(of: "/etc/group") + "domain users:x:3100:\n", to: "/etc/group")
            for (number, field) in fields.enumerated() {
                let user = 2100 + number
                let container = Container(of: user)
                host.allow("\(field) veth br0 1", #"@domain\040users veth br0 2"#)
                host.setLedger("")
                let before = host.nics.count
                let results = (1...3).map { _ in
                    Program.ours.create(container, on: "br0", as: user, groups: [3100])
                }
                expect(results.map { $0.status }, is: [0, 0, 0], "\(field): \(results)")
                expect(
                    host.owners, is: [field] + [String](repeating: #"@domain\040users"#, count: 2))
                expect(
                    Program.ours.create(container, on: "br0", as: user, groups: [3100]).status,
                    is: 1)
                for nic in results.compactMap({ Answer($0)?.hostName }) {
                    let gone = Program.ours.delete(
                        nic, of: container, on: "br0", as: user, groups: [3100])
                    expect(gone.status, is: 0, "\(field) \(nic): \(gone)")
                }
                expect(host.ledger, is: [])
                expect(host.nics.count, is: before)
                // The error message proposes a line that would grant the NIC.
                host.allow("bob veth br0 1")
                let refused = Program.ours.create(container, on: "br0", as: user)
                expect(refused.errorOutput.contains("\"\(field) veth br0 10\""), "\(refused)")
            }
        }
    }

    @Test("a number in place of a name means the user ID, unless the user has a name")
    func numbers() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let nameless = Container(of: 2222)
            host.allow("2222 veth br0 1", "2000 veth br0 1")
            expect(Program.ours.create(nameless, on: "br0", as: 2222).status, is: 0)
            expect(Program.ours.create(nameless, on: "br0", as: 2222).status, is: 1)
            expect(host.owners, is: ["2222"])
            // A user with a name: counted under the name.
            expect(Program.ours.create(Container(of: 2000), on: "br0").status, is: 0)
            expect(host.owners, is: ["2222", "eve"])
        }
    }

    @Test("a user name of digits is not treated as another user's ID", arguments: [2222, 2000])
    func nameOfDigits(number: Int) async {
        await #expect(processExitsWith: .success) { [number = number as Int] in
            let host = try Host.withBridge()
            let stranger = Container(of: number)
            let owner = Container(of: 2100)
            shell("echo '\(number):x:2100:2100::/:/bin/sh' >> /etc/passwd")
            host.allow("\(number) veth br0 2")
            let refused = createByNumber(in: stranger, as: number)
            expect(refused.status, is: 1, "\(refused) of the user with that number")
            let outcome = createByNumber(in: owner, as: 2100)
            let answer = try #require(Answer(outcome), "\(outcome)")
            expect(answer.hostName.hasPrefix("veth2100_"))
            expect(host.isInOrder(with: 1, of: "\(number)"))
            // The other user may not delete a NIC, either, even if its peer is in their container.
            shell("ip link add other0 type veth peer name eth9 netns \(stranger.process)")
            host.setLedger("\(number) veth none other0\n")
            let path = "/proc/\(stranger.process)/ns/net"
            let kept = runByNumber(
                ["delete", "/p", "n", path, "veth", "none", "other0"], as: number)
            expect(kept.status, is: 1, "\(kept)")
            expect(host.nics.contains("other0"))
        }
    }

    @Test("a group name of digits is not treated as another group's ID", arguments: [1, 80])
    func groupOfDigits(groups: Int) async {
        await #expect(processExitsWith: .success) { [groups = groups as Int] in
            let host = try Host.withBridge()
            shell("echo '3333:x:3100:' >> /etc/group")
            // Callers in few groups and callers in many are looked up in different ways.
            let others = Array(7000..<7000 + groups - 1)
            host.allow("@3333 veth br0 1")
            let stranger = createByNumber(
                in: Container(of: 2000), as: 2000, groups: others + [3333])
            expect(stranger.status, is: 1, "\(stranger) of a member of the group with that number")
            let member = createByNumber(in: Container(of: 2001), as: 2001, groups: others + [3100])
            expect(Answer(member) != nil, "\(member)")
            expect(host.isInOrder(with: 1, of: "@3333"))
        }
    }

    @Test("a letter and its Unicode decomposition are different names")
    func normalization() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            let composed = "jos\u{e9}"
            let decomposed = "jose\u{301}"
            for (file, entries) in [
                (
                    "passwd",
                    "\(composed):x:2110:2110::/:/bin/sh\n\(decomposed):x:2111:2111::/:/bin/sh\n"
                ),
                ("group", "\(composed):x:3110:\n\(decomposed):x:3111:\n"),
            ] { write(contents(of: "/etc/\(file)") + entries, to: "/etc/\(file)") }
            let first = Container(of: 2110)
            let second = Container(of: 2111)
            host.allow("\(composed) veth br0 1", "@\(composed) veth br0 1")
            expect(Program.ours.create(second, on: "br0", as: 2111, groups: [3111]).status, is: 1)
            expect(host.nics, is: [])
            let outcome = Program.ours.create(first, on: "br0", as: 2110, groups: [3111])
            let answer = try #require(Answer(outcome), "\(outcome)")
            expect(Array(contents(of: "/run/lxc/nics").utf8).starts(with: composed.utf8))
            expect(Program.ours.create(first, on: "br0", as: 2110, groups: [3111]).status, is: 1)
            // The NICs of one user count in no quota of the other user, who may not delete them.
            host.allow("\(decomposed) veth br0 1")
            expect(
                Program.ours.delete(answer.hostName, of: second, on: "br0", as: 2111).status, is: 1)
            expect(
                Program.ours.delete(answer.hostName, of: first, on: "br0", as: 2111).status, is: 1)
            expect(Program.ours.create(second, on: "br0", as: 2111).status, is: 0)
            expect(host.nics.count, is: 2)
        }
    }

    @Test(
        "a source that is not installed does not hide the next one",
        .disabled(if: Program.isForMusl, "musl has no NSS"))
    func missingSource() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            shell("echo 'crew:x:3000:' >> /etc/group")
            write(
                "passwd: nosuchsource files\ngroup: nosuchsource files\n", to: "/etc/nsswitch.conf")
            host.allow("eve veth br0 1", "@crew veth br0 1")
            let container = Container(of: 2000)
            let results = (1...3).map { _ in
                Program.ours.create(container, on: "br0", groups: [3000])
            }
            expect(results.map { $0.status }, is: [0, 0, 1], "\(results)")
            expect(host.owners, is: ["eve", "@crew"])
        }
    }

    @Test(
        "a failing source is an error, not a user without a name",
        .disabled(if: Program.isForMusl, "musl has no NSS"))
    func failingSource() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.withBridge()
            host.allow("eve veth br0 1", "2000 veth br0 1")
            // Root could read the file; a line of NIS leaves it to NSS, which runs as the caller.
            shell("sed -i '1i +::::::' /etc/passwd; chmod 600 /etc/passwd")
            let outcome = Program.ours.create(Container(of: 2000), on: "br0")
            expect(outcome.status, is: 1)
            expect(outcome.errorOutput.contains("cannot look up users and groups"), "\(outcome)")
            expect(outcome.errorOutput.contains("/etc/nsswitch.conf"), "\(outcome)")
            expect(host.isInOrder(with: 0))
        }
    }
}

extension Host {
    /// The owners of the ledger's rows, in their order.
    var owners: [String] { ledger.map { String($0.prefix { $0 != " " }) } }

    /// Adds /var/lib/extrausers as a source of accounts.
    func useExtraUsers() {
        shell("mount -t tmpfs -o mode=755 tmpfs /var/lib/extrausers")
        write("passwd: files extrausers\ngroup: files extrausers\n", to: "/etc/nsswitch.conf")
    }
}

/// setpriv treats digits as a name if it exists, but not with a leading zero.
private func runByNumber(_ words: [String], as user: Int, groups: [Int] = []) -> Outcome {
    run(
        [
            "setpriv", "--reuid", "0\(user)", "--regid", "0\(user)",
            groups.isEmpty
                ? "--clear-groups" : "--groups=" + groups.map { "0\($0)" }.joined(separator: ","),
            Program.ours.installed,
        ] + words)
}

private func createByNumber(in container: Container, as user: Int, groups: [Int] = []) -> Outcome {
    runByNumber(
        ["create", "/p", "n", "\(container.process)", "veth", "br0"], as: user, groups: groups)
}
