import Linux
import Netlink
import Testing
import Usernet

@Suite struct Policy {
    private func own(_ text: String, as names: [String] = ["eve", "@staff"]) -> CallerLines {
        var caller = TestCaller(names)
        return UsernetFile(Array(text.utf8))
            .lines(for: UsernetBridge("br0".utf8) ?? .none, of: &caller)
    }

    @Test("the lines of the caller for a bridge are found in the order of the file")
    func ownLines() {
        let found = own(
            """
            # eve veth br0 9
            bob veth br0 1

              eve\tveth  br0 2
            @staff veth br0 3 isolated
            @other veth br0 4
            eve veth br1 5
            eve veth none 6
            eve veth br0 7 mtu=1400 macfilter # why
            """)
        #expect(found.lines.map { $0.entry.count } == [2, 3, 7])
        #expect(found.lines.map { $0.entry.line } == [4, 5, 9])
        #expect(found.lines.map { $0.entry.options.isIsolated } == [false, true, false])
        #expect(found.lines.last?.entry.options.mtu == 1400)
        #expect(found.lines.last?.entry.options.filtersAddress == true)
        #expect(found.invalidLines.isEmpty)
    }

    @Test(
        "an invalid line is reported with the reason",
        arguments: [
            ("eve", "fewer than the four fields"), ("eve veth br0", "fewer than the four fields"),
            ("eve veth br0 #2", "fewer than the four fields"),
            ("eve macvlan br0 1", "\"macvlan\" is not veth"),
            ("eve veth a/b 1", "not a valid bridge name"),
            ("eve veth lxcbr01234567890 1", "not a valid bridge name"),
            ("eve veth br0 -1", "\"-1\" is not a number"), ("eve veth br0 1x", "is not a number"),
            ("eve veth br0 2147483648", "is not a number"),
            ("eve veth br0 1 isolate", "option \"isolate\""),
            ("eve veth br0 1 mtu=67", "not an MTU"), ("eve veth br0 1 mtu=", "not an MTU"),
            ("eve veth br0 1 mtu=65536", "not an MTU"),
        ])
    func invalidLines(line: String, reason: String) {
        let text = "\(line)\neve veth br0 1\n"
        #expect(own(text).invalidLines.map { $0.line } == [1])
        #expect(own(text).invalidLines.first?.error.description.contains(reason) == true)
        #expect(own(text).lines.map { $0.entry.line } == [2])
        #expect(UsernetFile(Array(text.utf8)).invalidLines.map { $0.line } == [1])
    }

    @Test(
        "owners are compared as bytes, and their fields can be parsed back",
        arguments: [
            ("alice", Owner.user(Array("alice".utf8))), ("@staff", .group(Array("staff".utf8))),
            ("domain\\040users", .user(Array("domain users".utf8))),
            ("@domain\\040users", .group(Array("domain users".utf8))),
            ("DOMAIN\\alice", .user(Array("DOMAIN\\alice".utf8))),
            ("DOMAIN\\134100", .user(Array("DOMAIN\\100".utf8))),
            ("\\100x", .user(Array("@x".utf8))),
            ("\\043x", .user(Array("#x".utf8))), ("\\052", .user(Array("*".utf8))),
            ("caf\u{e9}", .user(Array("caf\u{e9}".utf8))),
            ("x\\9", .user(Array("x\\9".utf8))), ("x\\777", .user(Array("x\\777".utf8))),
        ])
    func owners(field: String, owner: Owner) {
        #expect(Owner(field: field.utf8) == owner)
        #expect(Owner(field: owner.field) == owner)
    }

    @Test("names with different encodings of a letter are different users")
    func normalization() {
        #expect(Owner(field: "jos\u{e9}".utf8) != Owner(field: "jose\u{301}".utf8))
    }
}
