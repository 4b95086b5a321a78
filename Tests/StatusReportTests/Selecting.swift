import Linux
import Terminal
import Testing

@testable import StatusReport

/// What a status shows of a host, and in which order.
@Suite
struct Selecting {
    private let plain = TerminalCapabilities(colors: false, usesUnicode: true)

    private func text(
        _ status: HostStatus, _ selection: StatusSelection, _ rates: StatusRates? = nil
    ) -> String {
        let text = HostStatusText(plain, width: 140, selection, rates: rates)
        return text.text(text.lines(status.selecting(selection)))
    }

    /// The first words of the rows of users and their members.
    private func names(_ text: String) -> [String] {
        let rows = text.split(separator: "\n").drop { !$0.hasPrefix("Users") }.dropFirst()
        return rows.compactMap { $0.split(whereSeparator: { " ,│├╰─".contains($0) }).first }
            .map(String.init)
    }

    @Test("user2 comes before user10")
    func naturalOrder() {
        let sorted = ["a", "a02", "a2", "a2b", "a10", "a10b2", "a10b10", "b", "user2", "user10"]
        #expect(sorted.shuffled().sorted { naturallyPrecedes($0, $1) } == sorted)
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            #expect(naturallyPrecedes(left, right) && !naturallyPrecedes(right, left))
        }
        #expect(!naturallyPrecedes("a", "a"))
        #expect(naturallyPrecedes("x99999999999999999999998", "x99999999999999999999999"))
        var status = HostStatus.example
        status.nics = [10, 9, 100, 2].flatMap { user in
            ["web10", "web2"].map {
                NICReport.of("user\(user)", $0, on: "lxcbr0", "veth\(user)\($0)", "10.0.3.9", 1)
            }
        }
        status.quotas = []
        status.cgroups?.users = []
        #expect(
            names(text(status, StatusSelection()))
                == [2, 9, 10, 100].flatMap { ["user\($0)", "web2", "web10"] })
    }

    @Test("the resources of one user can be selected")
    func user() {
        let status = HostStatus.example
        let selected = status.selecting(StatusSelection(user: "bob"))
        #expect(selected.nics?.map(\.container) == ["mail"])
        #expect(selected.networks?.map(\.bridge) == ["dmz0"])
        #expect(selected.quotas?.map(\.owner) == ["bob"])
        #expect(selected.leases?.isEmpty == true)
        #expect(selected.cgroups?.users.map(\.user) == ["bob"])
        #expect(names(text(status, StatusSelection(user: "bob"))) == ["bob", "mail"])
        #expect(status.knows(user: "bob") && status.knows(user: "@staff"))
        #expect(!status.knows(user: "carl"))
    }

    @Test("one bridge can be selected, with what is attached to it")
    func bridge() {
        let status = HostStatus.example
        let selected = status.selecting(StatusSelection(bridge: "lxcbr0"))
        #expect(selected.nics?.map(\.container) == ["web", "db"])
        #expect(selected.networks?.map(\.bridge) == ["lxcbr0"])
        #expect(selected.quotas?.map(\.owner) == ["alice"])
        #expect(selected.cgroups?.users.map(\.user) == ["alice"])
        #expect(selected.cgroups?.users[0].leaves.map(\.name) == ["run-Xy3ZabCD"])
        #expect(names(text(status, StatusSelection(bridge: "lxcbr0"))) == ["alice", "db", "web"])
        #expect(status.knows(bridge: "dmz0") && !status.knows(bridge: "dmz"))
    }

    @Test("the summary counts what is selected")
    func summary() {
        var status = HostStatus.example
        status.summary = StatusSummary(status)
        let whole = status.summary
        #expect(whole?.networks == 2 && whole?.networksUp == 1 && whole?.users == 2)
        #expect(whole?.containers == 3 && whole?.nics == 4 && whole?.nicsAllowed == 23)
        // Only root knows how many NICs bob uses.
        #expect(whole?.nicsUsed == nil)
        let own = status.selecting(StatusSelection(user: "alice")).summary
        #expect(own?.users == 1 && own?.containers == 2 && own?.nics == 3 && own?.nicsUsed == 2)
    }

    @Test("only problems can be selected")
    func problems() {
        let shown = text(.example, StatusSelection(onlyProblems: true))
        #expect(names(shown) == ["alice", "db"])
        #expect(shown.contains("─ dmz0  incomplete") && !shown.contains("─ lxcbr0"))
        var healthy = HostStatus.example
        healthy.networks?.removeLast()
        healthy.nics?.removeAll { $0.container == "db" }
        #expect(healthy.problems() == [])
        #expect(
            text(healthy, StatusSelection(onlyProblems: true))
                == """
                1 network, 2 users, 2 containers, 3 NICs (quotas: ? of 23), no problems

                Users
                ╰─ no problems

                """)
    }

    @Test("each kind of problem is reported once its threshold is reached")
    func kinds() {
        func found(_ change: (inout HostStatus) -> Void) -> [String] {
            var status = HostStatus.example
            status.networks?.removeLast()
            status.nics?.removeAll { $0.container == "db" }
            change(&status)
            return status.problems().map { "\($0.severity) \($0.place): \($0.message)" }
        }
        #expect(found { $0.nics?[0].isUp = false } == ["problem alice/web: veth1000_Xy3Z is down"])
        #expect(found { $0.nics?[0].addresses = [] }.first?.hasPrefix("warning alice/web:") == true)
        #expect(
            found { $0.nics?[0].logicalPort = .init(name: "berth-1000-web-0", isBound: false) }
                == [
                    "problem alice/web: OVN has not bound the logical port berth-1000-web-0 to "
                        + "veth1000_Xy3Z"
                ])
        #expect(
            found { $0.nics?[0].logicalPort = .init(name: nil, isBound: false) } == [
                "problem alice/web: veth1000_Xy3Z has no logical port of OVN: start the container "
                    + "again"
            ])
        #expect(
            found { $0.nics?[0].logicalPort = .init(name: "berth-1000-web-0", isBound: true) }
                == [])
        // The container's end is not visible, or the network serves no addresses.
        #expect(
            found {
                $0.nics?[0].addresses = []
                $0.nics?[0].name = nil
            } == [])
        #expect(found { $0.nics?[1].addresses = [] } == [])
        #expect(found { $0.quotas?[1].used = 2 } == [])
        #expect(
            found { $0.quotas?[1].used = 3 } == [
                "warning alice: 3 NICs on lxcbr0, more than the 2 that lxc-usernet allows"
            ])
        #expect(found { $0.cgroups?.users[0].use.tasks = 1899 } == [])
        #expect(
            found { $0.cgroups?.users[0].use.tasks = 1900 } == [
                "warning alice: 1900 of 2000 tasks"
            ])
        #expect(
            found { $0.cgroups?.users[0].use.tasks = 2000 } == [
                "problem alice: 2000 of 2000 tasks"
            ])
        #expect(found { $0.cgroups?.users[0].use.memoryBytes = 2 << 30 } == [])
        // What is hidden from a user is not wrong.
        #expect(found { $0.note(.nics, "3 NICs of other users, not visible to you") } == [])
        #expect(
            found { $0.note(.quotas, "line 6 grants nothing", isFault: true) } == [
                "problem quotas: line 6 grants nothing"
            ])
        for (used, range, wanted) in [
            (88, 100, []),
            (90, 100, ["warning network lxcbr0: few free addresses: 90 of 100 are leased"]),
            (100, 100, ["problem network lxcbr0: no free address: all 100 are leased"]),
            (1, 1, ["problem network lxcbr0: no free address: the only one is leased"]),
        ] {
            #expect(
                found {
                    guard var network = $0.networks?[0].status else { return }
                    network.leaseRange = range
                    network.leasesInRange = used
                    $0.networks = [NetworkReport(status: network)]
                } == wanted)
        }
    }

    @Test("the users and containers that use most come first")
    func order() {
        var status = HostStatus.example
        #expect(
            names(text(status, StatusSelection(order: .traffic)))
                == ["bob", "mail", "alice", "web", "web", "db", "bash", "@staff"])
        #expect(
            names(text(status, StatusSelection(order: .memory)))
                == ["alice", "web", "web", "bash", "db", "bob", "mail", "@staff"])
        status.cgroups?.users[0].leaves[1].use.cpuMicroseconds = 1_000_000
        #expect(
            names(text(status, StatusSelection(order: .cpu)))
                == ["alice", "bash", "web", "web", "db", "bob", "mail", "@staff"])
    }

    @Test("rates are computed from two statuses")
    func rates() {
        let old = HostStatus.example
        var new = old
        new.nics?[0].receivedBytes = 12_910_592 + 4096
        new.nics?[2].sentBytes = 0
        new.cgroups?.users[0].use.cpuMicroseconds = 1_250_000 + 500_000
        let rates = StatusRates(from: old, to: new, after: 2000)
        let shown = text(new, StatusSelection(order: .traffic), rates)
        #expect(names(shown).prefix(2) == ["alice", "web"])
        let lines = shown.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("Users") && $0.contains("in/s") })
        #expect(lines.contains { $0.contains(" web ") && $0.contains("  2.0K      0") })
        #expect(lines.contains { $0.contains("─ alice ") && $0.contains("  25.0%  ") })
        // The counter of another NIC with the same name.
        #expect(lines.contains { $0.contains(" db ") && $0.contains("   -") })
        #expect(StatusRates(from: old, to: new, after: 0).traffic(of: new.nics![0]) == nil)
    }
}

/// A text that is longer than the screen.
@Suite
struct Scrolling {
    private let lines = (0...9).map { StyledText("line \($0) is long", .bold) }
    private let terminal = TerminalCapabilities(colors: false, usesUnicode: true)

    private func shown(_ view: inout ScrolledView, rows: Int) -> [String] {
        view.frame(lines, terminal, TerminalSize(rows: rows, columns: 60))
            .dropFirst(3).split(separator: "\r\n").map {
                String($0.replacing("\u{1b}[K", with: "").replacing("\u{1b}[J", with: ""))
            }
    }

    @Test("while scrolling, the first line stays, and the last says how much follows")
    func scrolls() {
        var view = ScrolledView()
        #expect(
            shown(&view, rows: 4) == [
                "line 0 is long", "line 1 is long", "line 2 is long",
                "7 more lines; Space b g: scroll, q: exit",
            ])
        view.scroll(.pageDown)
        #expect(shown(&view, rows: 4)[1...2] == ["line 3 is long", "line 4 is long"])
        view.scroll(.up)
        #expect(shown(&view, rows: 4)[1] == "line 2 is long")
        view.scroll(.bottom)
        #expect(
            shown(&view, rows: 4)[1...] == [
                "line 8 is long", "line 9 is long", "end; Space b g: scroll, q: exit",
            ])
        view.scroll(.down)
        #expect(shown(&view, rows: 4)[1] == "line 8 is long")
        // A larger terminal shows everything.
        #expect(shown(&view, rows: 11).count == 11 || shown(&view, rows: 11).count == 10)
        view.scroll(.top)
        #expect(shown(&view, rows: 4)[1] == "line 1 is long")
        for _ in 0..<3 { view.scroll(.pageUp) }
        #expect(shown(&view, rows: 4)[1] == "line 1 is long")
    }

    @Test("each line is truncated to the width of the terminal")
    func frame() {
        var view = ScrolledView()
        let lines = Array(self.lines.prefix(5))
        #expect(
            view.frame(lines, terminal, TerminalSize(rows: 3, columns: 6))
                == "\u{1b}[H\u{1b}[Kline 0\r\n\u{1b}[Kline 1\r\n\u{1b}[K3 more")
        #expect(
            view.frame(lines, terminal, TerminalSize(rows: 6, columns: 80))
                .hasSuffix("line 4 is long\r\n\u{1b}[J"))
        #expect(
            view.frame(lines, terminal, TerminalSize(rows: 1, columns: 13))
                == "\u{1b}[H\u{1b}[K3 more lines;")
    }

    @Test("keys of a terminal are recognized")
    func keys() {
        typealias Key = ScrolledView.Key
        #expect(
            Key.all(in: Array("q\u{1b}[Bx\u{1b}[5~ g\u{1b}OF".utf8))
                == [.quit, .down, .pageUp, .pageDown, .top, .bottom])
        #expect(Key.all(in: [0x1b]) == [] && Key.all(in: []) == [])
    }
}
