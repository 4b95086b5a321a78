import Linux
import Terminal
import TestSupport
import Testing

@testable import Doctor

/// The reports of one and of many users, whole and with problems only.
@Suite
struct Reports {
    @Test("a report of all users ends with a summary by user")
    func summary() {
        let lines = text(hostOfThree()).split(separator: "\n").map(String.init)
        let start = lines.firstIndex(of: "summary") ?? 0
        #expect(
            lines[start...] == [
                "summary",
                "  x alice: 2 problems, 1 warning, 1 unknown: user-namespaces, bridge,",
                "      subordinate-ids",
                "  ! bob: no problems, 1 warning: subordinate-ids",
                "  + carl: no problems, no warnings",
                "  3 users: 1 with problems, 1 with warnings only",
            ])
        #expect(lines.prefix(start).contains { $0 == "carl" })
        var one = hostOfThree()
        one.isOfAllUsers = false
        #expect(!text(one).contains("summary") && !one.json.contains("\"summary\""))
    }

    @Test("with problems only, healthy users and unknown findings are counted, but not listed")
    func onlyProblems() {
        let all = hostOfThree()
        let said = text(all, onlyProblems: true)
        for (part, isPrinted) in [
            ("x user.max", true), ("! /etc/subuid", true), ("? /proc/self", false),
            ("+ /usr/bin", false), ("carl", false), ("1 unknown", true),
            ("3 users: 1 with problems, 1 with warnings only", true),
        ] {
            #expect(said.contains(part) == isPrinted, "\(part) in \(said)")
        }
        let json = all.json(onlyProblems: true)
        #expect(!json.contains("\"ok\"") && !json.contains("carl"))
        #expect(json.contains("\"users\" : 3") && json.contains("\"unknown\" : 1"))
        // A user who was asked for is always named.
        var healthy = Diagnosis()
        healthy.users = [all.users[2]]
        #expect(text(healthy, onlyProblems: true) == "carl\n  no problems, no warnings\n")
        #expect(healthy.json(onlyProblems: true).contains("carl"))
    }

    @Test("a log's harmless messages are omitted with problems only")
    func log() {
        let harmless =
            "lxc-start web 20261121040319.588 WARN     start - start.c:f:1 - "
            + "Failed to ajust stdio permissions\n"
        var answer = Diagnosis()
        answer.log = LXCLogExplanation(of: Array(harmless.utf8), file: "log", on: .alices)
        #expect(text(answer).contains("ajust"))
        #expect(!text(answer, onlyProblems: true).contains("ajust"))
        #expect(!answer.json(onlyProblems: true).contains("ajust"))
    }

    @Test(
        "both forms of the JSON match the schema",
        .enabled(if: JSONSchema.obstacle == nil, "\(JSONSchema.obstacle ?? "")"))
    func json() {
        let schema = JSONSchema("berth-doctor.json")
        for document in [hostOfThree().json, hostOfThree().json(onlyProblems: true)] {
            #expect(schema.judge(document).output == "1 documents, 0 faults\n")
        }
    }

    private func hostOfThree() -> Doctor.Diagnosis {
        let findings: [(String, [Finding])] = [
            (
                "alice",
                [
                    named("lxc", .ok("/usr/bin/lxc-start", "installed")),
                    named("subordinate-ids", .warning("/etc/subuid", "too few")),
                    named("user-namespaces", .problem("user.max_user_namespaces", "it is 0")),
                    named("session", .unknown("/proc/self/loginuid", "not set")),
                    named("bridge", .problem("lxcbr0", "it is down")),
                ]
            ), ("bob", [named("subordinate-ids", .warning("/etc/subuid", "too few"))]),
            ("carl", [named("lxc", .ok("/usr/bin/lxc-start", "installed"))]),
        ]
        var answer = Diagnosis()
        answer.isOfAllUsers = true
        answer.users = findings.enumerated().map { number, user in
            let account = Account(
                name: Array(user.0.utf8), user: UserID(UInt32(1000 + number)),
                group: GroupID(1000), home: Array("/".utf8))
            return Diagnosis.UserReport(TargetUser(account, groups: []), user.1)
        }
        return answer
    }

    private func named(_ check: String, _ finding: Finding) -> Finding {
        var finding = finding
        finding.check = check
        return finding
    }

    private func text(_ diagnosis: Doctor.Diagnosis, onlyProblems: Bool = false) -> String {
        DiagnosisText(
            TerminalCapabilities(colors: false, usesUnicode: false), onlyProblems: onlyProblems
        ).text(diagnosis)
    }
}
