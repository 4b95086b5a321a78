import Linux
import Testing

@testable import Doctor

/// Invalid lines of policy files are quoted, and no replacement is proposed.
@Suite
struct FaultyLines {
    @Test(
        "an invalid line of lxc-usercgroup is quoted unchanged",
        arguments: [
            "alice * memory.max=8G cgroup.max.descendents=50",
            "@staff9 memory,pids memory.max=2GB",
            "alice memory-max",
        ])
    func usercgroup(line: String) {
        var facts = Facts.alices()
        facts.cgroups.line = .invalid(InvalidLine(3, bytes(line), reason: "REASON"))
        let finding = LXCUsercgroup.run(facts)[0]
        #expect(finding.verdict == .problem && finding.place == "/etc/lxc/lxc-usercgroup:3")
        #expect(finding.message.hasSuffix("is invalid: REASON"))
        #expect(finding.fixes == [advice(3, "/etc/lxc/lxc-usercgroup", line)])
    }

    @Test(
        "an invalid line of lxc-usernet is quoted unchanged",
        arguments: [
            "alice veth lxcbr0 1 isolated macfiltr", "@staff9 veth lxcbr0 2 isolatd",
            "alice veth lxcbr0 many mtu=1400",
        ])
    func usernet(line: String) {
        var facts = Facts.alices()
        let faulty = InvalidLine(3, bytes(line), reason: "REASON")
        facts.usernet.invalidLines = [faulty]
        facts.usernet.quotas[0].invalidLine = faulty
        facts.usernet.quotas[0].lines = []
        let finding = Quota.run(facts)[0]
        #expect(finding.verdict == .problem && finding.place == "/etc/lxc/lxc-usernet:3")
        #expect(finding.message == "the line grants alice nothing: REASON")
        #expect(finding.fixes == [advice(3, "/etc/lxc/lxc-usernet", line)])
        // The line is reported once.
        #expect(LXCUsernet.run(facts).isEmpty)
    }

    @Test("an invalid line is reported even if another line grants NICs")
    func besideAnother() {
        var facts = Facts.alices()
        let faulty = InvalidLine(3, bytes("alice veth lxcbr0 many"), reason: "REASON")
        facts.usernet.invalidLines = [faulty]
        facts.usernet.quotas[0].invalidLine = faulty
        #expect(Quota.run(facts).map(\.verdict) == [.ok])
        let findings = LXCUsernet.run(facts)
        #expect(findings.map(\.verdict) == [.warning])
        #expect(findings[0].fixes == [advice(3, "/etc/lxc/lxc-usernet", "alice veth lxcbr0 many")])
    }

    @Test("a larger count is the administrator's decision, and stopping a container is proposed")
    func quota() {
        var facts = Facts.alices()
        facts.usernet.quotas[0].lines = [
            .init(number: 7, count: 1, owner: "all members of crew together")
        ]
        let decision =
            "ask the administrator for a larger count in line 7, which grants all members of crew "
            + "together 1"
        facts.usernet.quotas[0].hasFreeQuota = false
        for (used, offer) in [
            (
                1,
                "stop a container of alice that has one (berth nics lists them); or \(decision)"
            ),
            (0, decision),
        ] {
            facts.usernet.quotas[0].used = used
            let finding = Quota.run(facts)[0]
            #expect(finding.message.hasSuffix("NICs on lxcbr0"), "\(finding.message)")
            #expect(finding.fixes == [.advice(offer)])
        }
        // The line for * excludes the user, with its options.
        facts.usernet.quotas[0].lines = []
        facts.usernet.quotas[0].excluding = "line 3, for *, does not apply"
        let finding = Quota.run(facts)[0]
        #expect(finding.message.hasSuffix("line 3, for *, does not apply"))
        guard case .advice = finding.fixes[0], finding.fixes.count == 1 else {
            Issue.record("\(finding.fixes)")
            return
        }
    }

    @Test("a line is printed without control characters, and truncated")
    func hostile() {
        let line = "alice\tveth  \u{1b}[2J \(String(repeating: "x", count: 1000))\r"
        let text = "alice veth \\033[2J \(String(repeating: "x", count: 384))..."
        #expect(InvalidLine(1, bytes(line), reason: "").fix(in: "F") == advice(1, "F", text))
    }

    private func bytes(_ line: String) -> ArraySlice<UInt8> { Array(line.utf8)[...] }

    private func advice(_ number: Int, _ path: String, _ line: String) -> Fix {
        .advice(
            "as root, correct line \(number) of \(path), and keep the valid parts of that line: "
                + "\"\(line)\"")
    }
}
