import Linux
import Terminal
import TestSupport
import Testing

@testable import Doctor

/// Fixtures: logs of lxc-start 5.0.2 and lxc-create, one for each fault, without progress reports.
@Suite
struct Logs {
    @Test("the message of each fault is explained", arguments: knownLogs)
    func explained(log: String, id: String) {
        let explanation = explain(log)
        #expect(explanation.messages.contains { $0.entry.id == id }, "\(explanation.ids)")
        // Messages that only follow from it are omitted.
        #expect(!explanation.ids.contains("unknown"), "\(explanation.ids)")
        let fatal = explanation.messages.filter(\.entry.isFatal)
        #expect(fatal.count <= 2, "\(explanation.ids)")
    }

    @Test("every log is in the list below, and at least 25 messages are known")
    func complete() {
        let files = run(["ls", folder]).lines.filter { $0.hasSuffix(".log") }
            .map { String($0.dropLast(".log".count)) }
        #expect(Set(files) == Set(knownLogs.map(\.0)).union(["healthy"]))
        #expect(Set(knownLogs.map(\.1)).count >= 25)
        let ids = LXCLogMessage.known(on: .alices).map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test("the log of a container that starts has no problem")
    func healthy() {
        let explanation = explain("healthy")
        #expect(Set(explanation.ids) == ["cgroup-busy", "netns-id", "old-name"])
        #expect(explanation.lines == 8)
        var answer = Diagnosis()
        answer.log = explanation
        #expect(!answer.hasProblems)
    }

    @Test(
        "without a known cause, the first unknown error is printed, and is a problem",
        arguments: [
            "lxc-start web 20261121040319.586 ERROR    start - ../src/lxc/start.c:f:1 - Some new "
                + "\u{1b}[2Jfault",
            "lxc-start: web: ../src/lxc/start.c: f: 1 Some new \u{1b}[2Jfault",
        ])
    func unknown(line: String) {
        func explained(_ lines: String...) -> LXCLogExplanation {
            LXCLogExplanation(
                of: Array(lines.joined(separator: "\n").utf8), file: "log", on: .alices)
        }
        let info =
            "lxc-start ERROR 20261121040319.586 INFO     x - ../src/lxc/x.c:f:1 - All is ERROR well"
        let end =
            "lxc-start web 20261121040319.587 ERROR    start - start.c:f:1 - Failed to spawn "
            + "container"
        let cause =
            "lxc-start web 20261121040318.579 ERROR    start - start.c:f:1 - Operation not "
            + "permitted - Failed to clone a new set of namespaces"
        let found = explained(info, "", line, line.replacing("Some", with: "Another"), end)
        #expect(found.ids == ["unknown", "spawn"])
        #expect(found.messages[0].line == 3 && found.messages[0].count == 1)
        #expect(found.messages[0].text == "Some new \u{1b}[2Jfault")
        #expect(found.messages[0].entry.verdict == .unknown)
        var answer = Diagnosis()
        answer.log = explained(info, line)
        #expect(answer.log?.ids == ["unknown"] && answer.hasProblems)
        #expect(
            printed(answer).contains(
                "  ? line 2:\n      | Some new \\033[2Jfault\n      LXC reports an error"))
        // An unknown error before a known cause may be the cause; one after it is not printed.
        #expect(explained(line, cause, line, end).ids == ["unknown", "userns-denied"])
        #expect(explained(cause, line, end).ids == ["userns-denied"])
        #expect(explained(info).ids.isEmpty)
    }

    @Test(
        "the lines of a log are counted",
        arguments: [
            ("", 0, "it is empty"), ("\n", 1, "no error, in 1 line\n"),
            ("x", 1, "no error, in 1 line\n"),
            ("x\n", 1, "no error, in 1 line\n"), ("x\n\n", 2, "no error, in 2 lines\n"),
            ("x\ny", 2, "no error, in 2 lines\n"),
        ])
    func count(text: String, lines: Int, said: String) {
        var answer = Diagnosis()
        answer.log = LXCLogExplanation(of: Array(text.utf8), file: "log", on: .alices)
        #expect(answer.log?.lines == lines && !answer.hasProblems)
        #expect(printed(answer).contains(said), "\(printed(answer))")
    }

    private func printed(_ answer: Doctor.Diagnosis) -> String {
        DiagnosisText(TerminalCapabilities(colors: false, usesUnicode: false)).text(answer)
    }

    @Test("a message is printed in one line, without control characters")
    func hostile() {
        let lines = [
            "\u{1b}]0;title\u{7} Invalid capability specified \u{1b}[31m\"x\"",
            String(repeating: "Invalid capability specified ", count: 1000),
            "", " - - - ", ".c: : ",
        ]
        var found = 0
        for line in lines {
            let explanation = LXCLogExplanation(
                of: Array(line.utf8) + [0xff, 0x00], file: "log", on: .alices)
            found += explanation.messages.count
            var answer = Diagnosis()
            answer.log = explanation
            for text in [printed(answer), answer.json] {
                #expect(text.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a })
                #expect(text.utf8.count < 10_000)
            }
        }
        #expect(found >= 2)
    }

    private func explain(_ log: String) -> LXCLogExplanation {
        LXCLogExplanation(
            of: Array(contents(of: "\(folder)/\(log).log").utf8), file: UntrustedText(log),
            on: .alices)
    }

    private let folder = String(#filePath.dropLast("Logs.swift".count)) + "logs"
}

extension LXCLogExplanation {
    fileprivate var ids: [String] { messages.map(\.entry.id) }
}

private let knownLogs: [(String, String)] = [
    ("apparmor-generated", "apparmor-generated"), ("apparmor-nosuch", "apparmor-change"),
    ("attach", "cgroup-attach"), ("attach-nope", "init"), ("autodev0", "devnull"),
    ("bad-address", "address"),
    ("busy", "cgroup-limit"), ("cgdir", "cgroup-dir"), ("maxdesc", "cgroup-full"),
    ("nodir", "cgroup-create"), ("nomem", "cgroup-limit"), ("noprocs", "cgroup-enter"),
    ("cap-bad", "capabilities"), ("capdrop-bad", "capability"), ("cg-memory", "cgroup-skipped"),
    ("config-unreadable", "config-permission"), ("create", "no-idmap"), ("create2", "template"),
    ("home-700", "home"), ("hook-absent", "hook-start"), ("hook-mount", "hook"),
    ("hook-pre", "hook-start"), ("idmap-extra", "subuid"), ("include-missing", "include"),
    ("init-missing", "init"), ("log-file", "log-file"), ("long-link", "nic-long-name"),
    ("long-name", "nic-long-name"), ("loop", "loop"), ("macvlan", "nic-type"),
    ("mount-block", "mount-block"), ("mount-source", "mount-missing"),
    ("mount-target", "mount-missing"), ("nic-faulty", "nic-no-line"),
    ("nic-missing", "nic-no-helper"),
    ("nic-nobridge", "nic-no-bridge"), ("nic-nofile", "nic-no-file"), ("nic-noline", "nic-no-line"),
    ("nic-nosetuid", "nic-not-setuid"), ("nic-quota", "nic-quota"), ("no-idmap", "pin"),
    ("no-subuid", "subuid"), ("nosuch", "no-config"), ("ns-clone", "userns-denied"),
    ("ns-share", "not-running"), ("old-key", "key"), ("overlay", "overlay"), ("phys", "nic-type"),
    ("prlimit", "prlimit"), ("proc-oom", "proc"), ("rootfs-700", "rootfs-owner"),
    ("rootfs-missing", "rootfs-open"), ("running", "running"), ("same-name", "nic-same-name"),
    ("seccomp-missing", "seccomp"), ("stock-nobridge", "stock-no-bridge"),
    ("stock-noline", "stock-quota"), ("stock-nosetuid", "stock-not-setuid"),
    ("sysctl-missing", "sysctl"), ("tty", "tty"), ("uidmap-missing", "newuidmap-missing"),
    ("uidmap-nosetuid", "newuidmap-mode"), ("unknown-key", "key"),
    ("userns", "userns-limit"),
]
