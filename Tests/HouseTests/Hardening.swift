import Glibc
import TestSupport
import Testing

private let programs = [
    "BERTH_NIC", "BERTH_RUN", "BERTH_PAM", "BERTH_NET", "BERTH_CGROUP", "BERTH",
]
private let missing = programs.map { variable($0) ?? $0 }.first { access($0, R_OK) != 0 }

/// How the compiler and the linker protect the programs, as they are built to be installed.
@Suite(.enabled(if: missing == nil, "no \(missing ?? ""): run make"))
struct Hardening {
    @Test(
        "data that the loader relocates cannot be written later, and data is not executed",
        arguments: programs)
    func binding(program: String) {
        let path = variable(program) ?? ""
        let entries = run(["readelf", "-dW", path]).lines
        expect(entries.contains { $0.contains("(FLAGS_1)") && $0.contains("PIE") }, "\(entries)")
        // A static program has no loader, and relocates itself.
        if !isStatic(program) {
            expect(entries.contains { $0.contains("(FLAGS_1)") && $0.contains("NOW") }, program)
        }
        expect(entries.filter { $0.contains("(TEXTREL)") || $0.contains("PATH)") }, is: [])
        let segments = run(["readelf", "-lW", path]).lines
            .map { $0.split(separator: " ").map(String.init) }
        expect(segments.count { $0.first == "GNU_RELRO" }, is: 1)
        expect(segments.contains { $0.first == "GNU_STACK" && $0.contains("RW") }, program)
        for load in segments where load.first == "LOAD" {
            expect(!load.dropFirst(6).dropLast().joined().contains("WE"), "\(load)")
        }
    }

    @Test(
        "a static program makes the data that it relocates read-only at its start",
        arguments: programs.filter { isLinkedStatically(variable($0) ?? "") })
    func relocation(program: String) throws {
        let path = variable(program) ?? ""
        let relro = try #require(
            run(["readelf", "-lW", path]).lines.map { $0.split(separator: " ") }
                .first { $0.first == "GNU_RELRO" })
        let size = try #require(Int(relro[5].dropFirst(2), radix: 16))
        let calls = run(["strace", "-e", "trace=mprotect", path, "--version"]).errorOutput
        let protected = calls.matches(of: /, (\d+), PROT_READ\) += 0/).compactMap {
            Int($0.output.1)
        }
        // In whole pages.
        expect(protected.contains { abs($0 - size) < 8192 }, "\(size): \(calls)")
    }

    @Test("functions in C check their stack", arguments: programs)
    func stackProtector(program: String) {
        let symbols = symbols(of: variable(program) ?? "")
        if isStatic(program) {
            // Static and stripped: the function is in the objects that were linked.
            expect(object("CLinux.build/processes.c.o").contains("__stack_chk_fail"))
        } else {
            expect(symbols.contains("__stack_chk_fail"), "\(program): \(symbols.count)")
        }
    }

    @Test(
        "functions of the C library check the size of the buffer, where the compiler knows it",
        .disabled(if: SetuidProgram.onlyStatic, "musl has no such functions"))
    func fortified() {
        let checked = object("CLinux.build/service.c.o").filter { $0.hasSuffix("_chk") }
        expect(checked.contains("__memcpy_chk"), "\(checked)")
    }

    @Test("functions in C and in Swift begin with a landing pad")
    func landingPads() {
        #if arch(x86_64)
            let program = run(["objdump", "-d", variable("BERTH_NIC") ?? ""]).output
            expect(program.matches(of: /endbr64/).count > 100)
            let code = run(["objdump", "-d", directory + "CLinux.build/processes.c.o"]).output
            let functions = code.matches(of: />:\n/).count
            expect(functions > 10)
            expect(code.matches(of: />:\n[^\n]*endbr64/).count, is: functions)
        #endif
    }

    private func isStatic(_ program: String) -> Bool {
        isLinkedStatically(variable(program) ?? "")
    }

    private var directory: String {
        let path = variable("BERTH_NIC") ?? ""
        return String(path.dropLast("berth-nic".count))
    }

    /// The symbols that an object file of the build needs.
    private func object(_ name: String) -> [String] { symbols(of: directory + name) }

    private func symbols(of file: String) -> [String] {
        run(["readelf", "-sW", file]).lines.filter { $0.contains(" UND ") }
            .compactMap { $0.split(separator: " ").dropFirst(7).first?.prefix { $0 != "@" } }
            .map(String.init)
    }
}
