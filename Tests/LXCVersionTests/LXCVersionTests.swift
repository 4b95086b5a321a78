import Glibc
import TestSupport
import Testing

/// Runs each scenario, a shell script, in a root directory with a version of Debian and its LXC:
/// the kernel is this machine's, everything else that of the version. See CONTRIBUTING.md.
///
/// One at a time, because most of them use cgroups.
@Suite(
    "On other versions of Debian and LXC", .serialized,
    .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct LXCVersionTests {
    @Test("a scenario succeeds", arguments: scenarios)
    func scenario(of root: Root) async throws {
        let outcome = await runAside(
            [directory + "run.sh", root.name],
            // `make install` looks for Swift.
            environment: ["PATH": variable("PATH") ?? searchPath, "LANG": "C.UTF-8"])
        if outcome.status == 77 {
            try Test.cancel("\(root.testDescription): \(outcome.lines.last ?? "no reason given")")
        }
        #expect(outcome.succeeded, "\(root.name):\n\(outcome.output)\(outcome.errorOutput)")
        if let last = outcome.lines.last { print(last) }
    }
}

/// SUITE/SCENARIO
struct Root: CustomTestStringConvertible, Sendable {
    let name: String

    /// With the version of LXC, for the output of `make check`.
    var testDescription: String {
        let version = ["bookworm/": 5, "trixie/": 6, "forky/": 7].first { name.hasPrefix($0.key) }
        return (version.map { "LXC \($0.value), " } ?? "") + name
    }
}

/// The scenarios that ROOTS names; all of LXC 6 and 7, and all upgrades, if it names none.
private let scenarios: [Root] =
    (variable("ROOTS")?.split(separator: " ").map(String.init)
    ?? shell("cd \(directory)scenarios && ls *.sh").lines.flatMap { file in
        let suite = shell("sed -n 's/^# suite: //p' \(directory)scenarios/\(file)").lines
        return (suite.isEmpty ? ["trixie", "forky"] : suite).map { "\($0)/\(file.dropLast(3))" }
    }).map(Root.init)

private let directory = String(#filePath.dropLast("LXCVersionTests.swift".count))

/// Why no root directory can be built here; `nil` if it can.
private let obstacle: String? = {
    if geteuid() != 0 { return "not root: only root can build a root directory" }
    guard shell("command -v mmdebstrap").succeeded else {
        return "no mmdebstrap: install mmdebstrap"
    }
    guard shell("command -v dpkg").succeeded, access("/usr/lib/apt/apt-helper", X_OK) == 0 else {
        return "not a Debian host: there are no package sources"
    }
    guard access(variable("BERTH") ?? "", X_OK) == 0 else { return "no BERTH: run make" }
    return nil
}()
