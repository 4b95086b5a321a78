import Glibc
import TestSupport
import Testing

/// Each scenario is a machine that boots, in an emulator, with a real init and with Berth installed by
/// `make install`. A scenario is a shell script: see CONTRIBUTING.md.
@Suite("On a machine of its own", .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
struct MachineTests {
    // One machine of a kind at a time, for each is a core's work and a gigabyte.
    @Suite(.serialized) struct OpenRC {
        @Test(arguments: scenarios(of: "openrc")) func scenario(name: String) { play(name) }
    }
    @Suite(.serialized) struct Sysvinit {
        @Test(arguments: scenarios(of: "sysvinit")) func scenario(name: String) { play(name) }
    }
    @Suite(.serialized) struct Systemd {
        @Test(arguments: scenarios(of: "systemd")) func scenario(name: String) { play(name) }
    }
}

private func play(_ name: String) {
    // `make install` looks for Swift.
    let outcome = run(
        [directory + "run.sh", name],
        environment: ["PATH": variable("PATH") ?? searchPath, "LANG": "C.UTF-8"])
    #expect(outcome.succeeded, "\(name):\n\(outcome.output)\(outcome.complaint)")
}

private func scenarios(of kind: String) -> [String] {
    shell("cd \(directory)scenarios && ls \(kind)/*.sh").lines.map { String($0.dropLast(3)) }
}

private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

private let directory = String(#filePath.dropLast("MachineTests.swift".count))

/// Why no machine can be had here.
private let obstacle: String? = {
    // Emulated machines would be most of the time there, and their image hundreds of megabytes.
    if variable("CI") != nil { return "CI is set, and no machine is built there" }
    if geteuid() != 0 { return "not root, who alone can build a machine" }
    for (program, package) in [
        ("qemu-system-x86_64", "qemu-system-x86"), ("mmdebstrap", "mmdebstrap"),
        ("mke2fs", "e2fsprogs"),
    ] where !shell("command -v \(program)").succeeded {
        return "no \(program): install \(package)"
    }
    return nil
}()
