import Linux
import Testing
import UserFiles

@testable import Doctor

/// Commands with which a shell script fails, found without running it.
@Suite
struct ScriptFailures {
    /// Has only these programs.
    private struct Files: FileReader {
        mutating func answer(_ question: Question, _ path: [UInt8]) -> Answer {
            let known = ["/bin/true", "/usr/bin/mount", "/srv"]
            return known.contains(String(decoding: path, as: UTF8.self)) && question == .attributes
                ? .attributes(FileAttributes(owner: .root, group: GroupID(0), mode: 0o755))
                : .absent
        }
    }

    @Test(
        "only a command that fails on each run is named",
        arguments: [
            ("#!/bin/sh\nmount /a\n", nil), ("#!/bin/sh\nexit 1\n", 2),
            ("#!/bin/sh\nexit 0\n", nil),
            ("#!/bin/sh\nexit 0\nexit 1\n", nil), ("#!/bin/sh\nif true; then\nexit 1\nfi\n", nil),
            ("#!/bin/sh\n[ -d /a ] || exit 1\n", nil),
            ("#!/bin/sh\n[ -d /a ] || {\nexit 1\n}\n", nil),
            ("#!/bin/sh\n[ -d /a ] || (\nexit 1\n)\n", nil),
            ("#!/bin/sh\nnothing a\nmount /a\n", nil), ("#!/bin/sh\nnothing a\n", 2),
            ("#!/bin/sh\nset -e\nnothing a\nmount /a\n", 3), ("#!/bin/sh -e\nfalse\ntrue\n", 2),
            ("#!/bin/sh\n/opt/nothing\n", 2), ("#!/bin/sh\n/bin/true\n", nil),
            ("#!/bin/sh\nnothing() {\n:\n}\nnothing\n", nil), ("#!/bin/sh\n$COMMAND a\n", nil),
            ("#!/bin/sh\nset -e\ntest -d /nowhere\ntrue\n", 3),
            ("#!/bin/sh\nset -e\n[ -d /srv ]\ntrue\n", nil), ("#!/bin/sh\nPATH=/a:/b\n", nil),
        ] as [(String, Int?)])
    func failures(text: String, line: Int?) {
        var files = Files()
        var cache = PathCache()
        #expect(ScriptFailure.find(in: Array(text.utf8), &cache, from: &files)?.line == line)
    }
}
