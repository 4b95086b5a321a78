import Glibc
import TestSupport
import Testing

/// What the kernel and the loader map into a setuid program that is linked dynamically: the
/// installed one, or the one that it executes if only NSS knows the caller.
@Suite(
    .enabled(if: SetuidProgram.missing == nil, "no \(SetuidProgram.missing ?? ""): run make"),
    .disabled(if: SetuidProgram.onlyStatic, "programs for musl have no dynamic counterparts"))
struct Closure {
    @Test(
        "a setuid program needs exactly these libraries, and has no library search path",
        arguments: SetuidProgram.allCases)
    func libraries(program: SetuidProgram) {
        let entries = program.dynamicEntries
        expect(entries.count > 10, "\(entries)")
        let needed = entries.filter { $0.tag == "NEEDED" }.map { $0.value }
        expect(
            needed,
            is: program.libraries.map { "Shared library: [\($0)]" })
        let unwelcome = ["RPATH", "RUNPATH", "AUDIT", "DEPAUDIT", "FILTER", "AUXILIARY", "CONFIG"]
        expect(entries.filter { unwelcome.contains($0.tag) }.map { $0.tag }, is: [])
    }

    @Test(
        "symbols are bound at start, and relocated data is read-only afterwards",
        arguments: SetuidProgram.allCases)
    func binding(program: SetuidProgram) {
        let entries = program.dynamicEntries
        expect(entries.filter { $0.tag == "FLAGS" }.map { $0.value }, is: ["BIND_NOW"])
        expect(entries.filter { $0.tag == "FLAGS_1" }.map { $0.value }, is: ["Flags: NOW PIE"])
        expect(entries.filter { $0.tag == "TEXTREL" }.count, is: 0)

        let segments = program.readelf("-lW").map { $0.split(separator: " ").map(String.init) }
        expect(segments.count { $0.first == "GNU_RELRO" }, is: 1)
        let stack = segments.first { $0.first == "GNU_STACK" } ?? []
        expect(stack.contains("RW") && !stack.contains { $0.hasSuffix("E") }, "\(stack)")
        // No page is both writable and executable.
        for load in segments where load.first == "LOAD" {
            let flags = load.dropFirst(6).dropLast().joined()
            expect(["R", "RE", "RW"].contains(flags), "\(load)")
        }
        expect(program.readelf("-hW").contains { $0.contains("Type:") && $0.contains(" DYN ") })
    }

    @Test(
        "a setuid program cannot run a shell, load a library, or read the environment",
        arguments: SetuidProgram.allCases)
    func symbols(program: SetuidProgram) {
        // Relocated symbols, not all that are named: the names of dropped code may remain.
        let undefined = Set(
            program.readelf("-rW").compactMap { line in
                line.split(separator: " ").dropFirst(4).first?.prefix { $0 != "@" }
            })
        expect(undefined.isSuperset(of: program.marks), "\(program)")
        let unwelcome: Set<Substring> = [
            "system", "popen", "wordexp", "dlopen", "dlmopen", "dlsym", "getenv", "secure_getenv",
            "environ", "__environ", "setenv", "putenv", "execvp", "execvpe", "execlp",
            "posix_spawnp",
            "fork", "vfork", "gets", "strcpy", "strcat", "sprintf", "vsprintf", "mktemp", "tmpnam",
        ]
        expect(undefined.intersection(unwelcome).subtracting(program.marks).sorted(), is: [])
    }

    @Test("the interpreter is the system's dynamic loader", arguments: SetuidProgram.allCases)
    func interpreter(program: SetuidProgram) {
        let requested = program.readelf("-lW").filter { $0.contains("interpreter") }
        expect(requested.count, is: 1)
        expect(requested.allSatisfy { $0.contains("interpreter: /lib") }, "\(requested)")
    }
}

private let pam = getenv("BERTH_PAM").map { String(cString: $0) } ?? "BERTH_PAM"
private let staticPrograms =
    [pam] + SetuidProgram.allCases.filter(\.isStatic).map(\.installed)

/// Programs without a loader. berth-pam runs as root with variables that a user chose, which a
/// loader would obey.
@Suite(.enabled(if: access(pam, R_OK) == 0, "no \(pam): run make"))
struct StaticClosure {
    @Test(
        "a static PIE loads nothing, its address is random, and it has no code of NSS",
        arguments: staticPrograms)
    func loadsNothing(staticProgram: String) {
        let segments = run(["readelf", "-lW", staticProgram]).lines
        expect(segments.contains { $0.contains("GNU_RELRO") }, "\(segments)")
        expect(segments.filter { $0.contains("INTERP") || $0.contains("interpreter") }, is: [])
        let entries = run(["readelf", "-dW", staticProgram]).lines
        expect(entries.filter { $0.contains("NEEDED") || $0.contains("PATH") }, is: [])
        expect(entries.contains { $0.contains("FLAGS_1") && $0.contains("PIE") }, "\(entries)")
        let texts = run(["strings", "-a", staticProgram]).lines
        expect(texts.count > 100)
        expect(texts.filter { $0.contains("libnss") || $0.contains("nscd") }, is: [])
    }
}

/// Whether the program names no dynamic loader.
func isLinkedStatically(_ path: String) -> Bool {
    access(path, R_OK) == 0
        && !run(["readelf", "-lW", path]).lines.contains { $0.contains(" INTERP ") }
}

enum SetuidProgram: String, CaseIterable, Codable, Sendable {
    case nic = "BERTH_NIC"
    case run = "BERTH_RUN"

    var installed: String { getenv(rawValue).map { String(cString: $0) } ?? rawValue }

    /// Whether the installed program is linked statically.
    var isStatic: Bool { isLinkedStatically(installed) }

    /// The program that is linked dynamically.
    var path: String {
        access(installed + ".nss", F_OK) == 0 ? installed + ".nss" : installed
    }

    /// Whether no program is linked dynamically, as with musl.
    static var onlyStatic: Bool { allCases.allSatisfy { isLinkedStatically($0.path) } }

    static var missing: String? { allCases.map(\.path).first { access($0, R_OK) != 0 } }

    var libraries: [String] {
        switch self {
        case .nic: ["libnl-3.so.200", "libc.so.6"]
        case .run: ["libc.so.6"]
        }
    }

    /// Allowed symbols whose presence shows that the list was read.
    var marks: Set<Substring> {
        switch self {
        case .nic: ["posix_spawn", "recvfrom"]
        case .run: ["execve", "mkdirat"]
        }
    }

    func readelf(_ options: String...) -> [String] {
        TestSupport.run(["readelf"] + options + [path]).lines
    }

    var dynamicEntries: [DynamicEntry] {
        readelf("-dW").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3, words[0].hasPrefix("0x") else { return nil }
            let tag = words[1].filter { $0 != "(" && $0 != ")" }
            return DynamicEntry(tag: tag, value: words[2...].joined(separator: " "))
        }
    }
}

/// A line of `readelf -d`.
struct DynamicEntry {
    let tag: String
    let value: String
}
