import Glibc
import TestSupport
import Testing

/// Each scenario is a machine that boots, in an emulator, with a real init and with Berth installed by
/// `make install`. A scenario is a shell script: see CONTRIBUTING.md.
@Suite("On a machine of its own", .enabled(if: noMachine == nil, "\(noMachine ?? "")"))
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
    @Test("The package, from boot to boot", .disabled("it takes minutes more: make check-deb"))
    func package() {}
}

/// Debian hosts that are directories, without services.
@Suite("On a host of its own", .enabled(if: noHost == nil, "\(noHost ?? "")"))
struct PackageTests {
    @Test("The package leaves everything as it found it, whatever comes before and after it")
    func package() {
        let outcome = run([directory + "package.sh"], environment: surroundings)
        #expect(outcome.succeeded, "\(outcome.output)\(outcome.complaint)")
    }
}

private func play(_ name: String) {
    let outcome = run([directory + "run.sh", name], environment: surroundings)
    #expect(outcome.succeeded, "\(name):\n\(outcome.output)\(outcome.complaint)")
}

private func scenarios(of kind: String) -> [String] {
    shell("cd \(directory)scenarios && ls \(kind)/*.sh").lines.map { String($0.dropLast(3)) }
        .filter { !$0.hasSuffix("/package") }
}

private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// `make install` looks for Swift.
private let surroundings = ["PATH": variable("PATH") ?? searchPath, "LANG": "C.UTF-8"]
private let directory = String(#filePath.dropLast("MachineTests.swift".count))

/// Why no machine can be had here, and why no host.
private let noMachine = obstacle(programs: [
    "qemu-system-x86_64": "qemu-system-x86", "mmdebstrap": "mmdebstrap", "mke2fs": "e2fsprogs",
    "dh": "debhelper",
])
private let noHost = obstacle(programs: [
    "mmdebstrap": "mmdebstrap", "dh": "debhelper", "dh_apparmor": "dh-apparmor",
    "lintian": "lintian",
])

/// - Parameter programs: What is needed, and the packages that have it.
private func obstacle(programs: [String: String]) -> String? {
    // Emulated machines would be most of the time there, and their image hundreds of megabytes.
    if variable("CI") != nil { return "CI is set, and no machine is built there" }
    if geteuid() != 0 { return "not root, who alone can build a machine" }
    for (program, package) in programs.sorted(by: { $0.key < $1.key })
    where !shell("command -v \(program)").succeeded {
        return "no \(program): install \(package)"
    }
    return nil
}
