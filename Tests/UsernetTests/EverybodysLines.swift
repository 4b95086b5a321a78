import Linux
import Netlink
import Testing
import Usernet

/// Lines for `*`, and for each member of a group.
@Suite struct EverybodysLines {
    private func lines(
        _ text: [String], excluded: AccountPolicy.Exclusion? = nil
    ) -> CallerLines {
        var caller = TestCaller(["eve", "@staff"])
        caller.exclusion = excluded
        let bytes = Array(text.joined(separator: "\n").utf8)
        return UsernetFile(bytes).lines(for: UsernetBridge("br0".utf8) ?? .none, of: &caller)
    }

    private let eve = Owner.user(Array("eve".utf8))

    @Test("lines for * are charged to the user, and add up")
    func everybody() {
        let found = lines([
            "bob veth br0 1", "* veth br0 2 isolated", "@other veth br0 3", "* veth br1 9",
            "\\052 veth br0 4", "* veth br0 1",
        ])
        #expect(found.lines.map(\.entry.line) == [2, 6])
        #expect(found.lines.allSatisfy { $0.owner == eve && $0.entry.isPerUser })
        #expect(found.excluding == nil && found.invalidLines.isEmpty)
    }

    @Test(
        "a line for the bridge that names the user or a group, valid or not, excludes those for *",
        arguments: [
            "eve veth br0 1", "eve veth br0 0", "@staff veth br0 1", "@staff veth br0 1 each",
            "eve veth br0", "eve veth br0 many", "@staff veth br0 1 isolatd", "eve\tveth\tbr0 # 1",
        ])
    func named(line: String) {
        for text in [[line, "* veth br0 9"], ["* veth br0 9", line]] {
            let found = lines(text)
            #expect(found.lines.allSatisfy { $0.entry.grantee != .everybody })
            #expect(found.lines.count + found.invalidLines.count == 1)
        }
    }

    @Test(
        "a line for another user, type or bridge does not exclude those for *",
        arguments: [
            "bob veth br0 1", "@other veth br0 1", "eve veth br1 1", "@staff veth none 1",
            "eve macvlan br0 1", "eve", "eve veth", "# eve veth br0 1", "ev\\145x veth br0 1",
        ])
    func notNamed(line: String) {
        #expect(lines([line, "* veth br0 9"]).lines.map(\.entry.count) == [9])
    }

    @Test("users without an account are refused, and the reason is given")
    func excluded() {
        let found = lines(["", "* veth br0 9"], excluded: .belowMinimum(1000))
        #expect(found.lines.isEmpty)
        #expect(found.excluding?.line == 2)
        #expect(
            found.excluding?.description
                == "line 2 is for users with an account, and this user has an ID below 1000, "
                + "which is UID_MIN in /etc/login.defs")
        let named = lines(["eve veth br0 1", "* veth br0 9"], excluded: .nobody)
        #expect(named.lines.map(\.entry.line) == [1] && named.excluding == nil)
    }

    @Test(
        "the word each is valid only for groups",
        arguments: ["eve veth br0 1 each", "* veth br0 1 each"])
    func eachWithoutGroup(line: String) {
        let found = lines([line])
        #expect(found.lines.isEmpty)
        #expect(found.invalidLines.first?.error.description.contains("lines of groups") == true)
    }

    @Test("NICs of a line with each are charged to the user, others to the group")
    func each() {
        let found = lines(["@staff veth br0 1 each", "@staff veth br0 1"])
        #expect(found.lines.map(\.owner) == [eve, .group(Array("staff".utf8))])
    }
}

@Suite struct AccountPolicies {
    @Test(
        "UID_MIN is read as useradd reads it",
        arguments: [
            ("", 1000), ("UID_MIN 500\n", 500), ("UID_MIN\t\t  2000", 2000),
            ("#UID_MIN 1\n UID_MIN \"1500\"\n", 1500), ("UID_MIN 500\nUID_MIN 700\n", 700),
            ("SYS_UID_MIN 100\nUID_MINIMUM 5\nSUB_UID_MIN 100000\n", 1000), ("UID_MIN\n", nil),
            ("UID_MIN 0x1f4", nil), ("UID_MIN -1", nil), ("UID_MIN 4294967296", nil),
        ] as [(String, UInt32?)])
    func minimum(text: String, minimum: UInt32?) {
        #expect(AccountPolicy.minimum(in: Array(text.utf8)) == minimum)
    }

    @Test(
        "system IDs, nobody, subordinate IDs and IDs without a name are not accounts")
    func exclusions() {
        let ranges = SubuidRange.parse(Array("alice:100000:65536\n5:x:1\nbob:200000:1".utf8))
        let policy = AccountPolicy(minimum: 1000, subordinate: ranges)
        func exclusion(_ number: UInt32, _ name: String? = "eve") -> AccountPolicy.Exclusion? {
            policy.exclusion(of: UserID(number), named: name.map { Array($0.utf8) })
        }
        for number: UInt32 in [1000, 60001, 99_999, 165_536, 199_999, 200_001] {
            #expect(exclusion(number) == nil)
        }
        for number: UInt32 in [0, 999] { #expect(exclusion(number) == .belowMinimum(1000)) }
        for number: UInt32 in [65534, 65535, .max - 1, .max] {
            #expect(exclusion(number) == .nobody)
        }
        #expect(exclusion(1001, "nobody") == .nobody)
        for number: UInt32 in [100_000, 165_535, 200_000] {
            #expect(exclusion(number) == .subordinate)
        }
        #expect(exclusion(1001, nil) == .noName)
    }
}
