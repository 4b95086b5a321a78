import Glibc
import TestSupport
import Testing

/// What is released together has one version, and is built from one source of each dependency.
@Suite struct Release {
    @Test(
        "every program prints the version",
        .enabled(if: variable("BERTH_NIC") != nil, "no BERTH_NIC: run make check"),
        arguments: [
            "BERTH", "BERTH_NET", "BERTH_CGROUP", "BERTH_NIC", "BERTH_RUN", "BERTH_PAM",
            "BERTH_SCOPE",
        ].filter { $0 != "BERTH_SCOPE" || variable($0) != nil })
    func programs(program: String) {
        let name = program.lowercased().replacing("_", with: "-")
        let outcome = run([variable(program) ?? program, "--version"])
        // berth-run drops privileges first, and without the setuid bit it has none.
        if program == "BERTH_RUN", geteuid() != 0 {
            expect(outcome.errorOutput.contains("not setuid"), "\(outcome)")
        } else {
            expect(outcome.output, is: "\(name) \(version)\n", "\(outcome)")
        }
    }

    @Test(
        "a setuid program prints the version as its caller",
        .enabled(if: Host.obstacle == nil && SetuidProgram.missing == nil),
        arguments: SetuidProgram.allCases)
    func unprivileged(program: SetuidProgram) async {
        await #expect(processExitsWith: .success) { [program] in
            _ = try Host.enter()
            shell("install -m 4755 '\(program.path)' /run/test/program")
            let traced = shell(
                """
                strace -qq -u eve -e trace=setresuid,write -o /run/test/trace \
                  /run/test/program --version
                """)
            expect(traced.output.hasPrefix("berth-"), "\(traced)")
            let calls = contents(of: "/run/test/trace").split(separator: "\n")
            let dropped = calls.firstIndex { $0.contains("setresuid(2000, 2000, 2000)") }
            let written = calls.firstIndex { $0.contains("write(1, \"berth-") }
            expect(dropped != nil && written != nil && dropped! < written!, "\(calls)")
        }
    }

    @Test(
        "every manual page shows the version and the date of the release",
        .enabled(if: access(root + ".build/man", F_OK) == 0, "no .build/man: run make"))
    func pages() {
        let names = shell("ls '\(root)man'").lines
        expect(names.count > 8, "\(names)")
        for name in names {
            let lines = contents(of: "\(root).build/man/\(name)").split(separator: "\n")
            expect(lines.filter { $0.hasPrefix(".Os") }, is: [".Os Berth \(version)"], name)
            expect(lines.filter { $0.hasPrefix(".Dd") }, is: [".Dd \(constant("date"))"], name)
        }
    }

    /// A commit's hash binds its contents, but mirrors rewrite commits. These hashes bind the
    /// contents of what is compiled, wherever they come from.
    @Test(
        "the argument parser is the pinned one",
        .enabled(if: access(checkout + ".git", F_OK) == 0, "built from a source archive"))
    func pinned() {
        let hashes = run(["git", "-C", checkout, "rev-parse", "HEAD:Package.swift", "HEAD:Sources"])
        expect(
            hashes.lines,
            is: [
                "bc835353a2e24de227c387209f7e1c83c31e002e",
                "c129dc47af2ef80b11512ad57d589f00d47b286a",
            ])
        expect(run(["git", "-C", checkout, "status", "--porcelain"]).output, is: "")
    }
}

private let root = String(#filePath.dropLast("Tests/HouseTests/Release.swift".count))
private let checkout = root + ".build/checkouts/swift-argument-parser/"
private var version: String { constant("number") }

/// A constant of Version.swift.
private func constant(_ name: String) -> String {
    let text = contents(of: root + "Sources/HostPaths/Version.swift")
    let rest = text.split(separator: "static let \(name) = \"").last ?? ""
    return String(rest.prefix { $0 != "\"" })
}
