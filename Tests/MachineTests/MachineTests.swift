import Glibc
import TestSupport
import Testing

/// Boots a machine in QEMU for each scenario, with a real init and with Berth installed by
/// `make install`. A scenario is a shell script: see CONTRIBUTING.md.
///
/// One at a time: each uses two processors and more than a gigabyte of memory.
@Suite("On a virtual machine", .serialized, .enabled(if: noMachine == nil, "\(noMachine ?? "")"))
struct MachineTests {
    @Test("a scenario succeeds", arguments: scenarios.filter { !needsFiles($0) })
    func scenario(name: String) async throws {
        let outcome = await runAside([directory + "run.sh", name], environment: surroundings)
        if outcome.status == 77 {
            let reason = outcome.errorOutput.split(separator: "\n").last
            try Test.cancel("\(name): \(reason.map(String.init) ?? "no reason given")")
        }
        #expect(outcome.succeeded, "\(name):\n\(outcome.output)\(outcome.errorOutput)")
    }

    @Test(
        "a scenario with programs that the machines lack succeeds",
        .enabled(if: variable("BERTH_MACHINE_FILES") != nil, "BERTH_MACHINE_FILES is not set"),
        arguments: scenarios.filter(needsFiles))
    func scenarioWithFiles(name: String) async throws { try await scenario(name: name) }
}

/// Debian hosts that are directories, without services.
@Suite("The package on a separate host", .enabled(if: noHost == nil, "\(noHost ?? "")"))
struct PackageTests {
    @Test("after install, upgrade, remove and purge, the host is as before, with and without LXC")
    func package() async {
        let outcome = await runAside([directory + "package.sh"], environment: surroundings)
        #expect(outcome.succeeded, "\(outcome.output)\(outcome.errorOutput)")
    }
}

/// The scenarios that MACHINES names, as `run.sh` expects them; if it names none, all on machines
/// with this version of Debian, except the package's.
private let scenarios: [String] =
    variable("MACHINES")?.split(separator: " ").map(String.init)
    ?? shell("cd \(directory)scenarios && grep -L '^# suite: ' */*.sh").lines
    .map { String($0.dropLast(3)) }.filter { !$0.hasSuffix("/package") }

private func needsFiles(_ scenario: String) -> Bool {
    // Without the suite.
    let file = scenario.split(separator: "/").suffix(2).joined(separator: "/")
    return shell("grep -q '^# needs: ' \(directory)scenarios/\(file).sh").succeeded
}

/// `make install` looks for Swift.
private let surroundings = ["PATH": variable("PATH") ?? searchPath, "LANG": "C.UTF-8"]
    .merging(variable("BERTH_MACHINE_FILES").map { ["BERTH_MACHINE_FILES": $0] } ?? [:]) { $1 }
private let directory = String(#filePath.dropLast("MachineTests.swift".count))

/// Why no machine or no host can be built here; `nil` if it can.
private let noMachine = obstacle(programs: [
    "qemu-system-x86_64": "qemu-system-x86", "mmdebstrap": "mmdebstrap", "mke2fs": "e2fsprogs",
    "dh": "debhelper",
])
private let noHost = obstacle(programs: [
    "mmdebstrap": "mmdebstrap", "dh": "debhelper", "dh_apparmor": "dh-apparmor",
    "lintian": "lintian",
])

/// - Parameter programs: each program that is needed, and the package that contains it.
private func obstacle(programs: [String: String]) -> String? {
    // An image is hundreds of megabytes, and emulation takes most of the time.
    if variable("CI") != nil { return "CI is set: no machine is built there" }
    if geteuid() != 0 { return "not root: only root can build a machine" }
    for (program, package) in programs.sorted(by: { $0.key < $1.key })
    where !shell("command -v \(program)").succeeded {
        return "no \(program): install \(package)"
    }
    return nil
}
