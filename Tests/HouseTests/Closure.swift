import Glibc
import TestSupport
import Testing

/// What a setuid program brings with it when the kernel starts it: of the program as it is built to
/// be installed.
@Suite(.enabled(if: access(Program.ours.path, R_OK) == 0, "no \(Program.ours.path): run make"))
struct Closure {
    @Test("it needs these libraries and no other, and has no search path of its own")
    func libraries() {
        let entries = DynamicEntry.all
        expect(entries.count > 10, "\(entries)")
        let needed = entries.filter { $0.tag == "NEEDED" }.map { $0.value }
        expect(
            needed,
            is: ["Shared library: [libnl-3.so.200]", "Shared library: [libc.so.6]"])
        let unwelcome = ["RPATH", "RUNPATH", "AUDIT", "DEPAUDIT", "FILTER", "AUXILIARY", "CONFIG"]
        expect(entries.filter { unwelcome.contains($0.tag) }.map { $0.tag }, is: [])
    }

    @Test("it is bound at its start, and nothing of that can be written afterwards")
    func binding() {
        let entries = DynamicEntry.all
        expect(entries.filter { $0.tag == "FLAGS" }.map { $0.value }, is: ["BIND_NOW"])
        expect(entries.filter { $0.tag == "FLAGS_1" }.map { $0.value }, is: ["Flags: NOW PIE"])
        expect(entries.filter { $0.tag == "TEXTREL" }.count, is: 0)

        let segments = readelf("-lW").map { $0.split(separator: " ").map(String.init) }
        expect(segments.count { $0.first == "GNU_RELRO" }, is: 1)
        let stack = segments.first { $0.first == "GNU_STACK" } ?? []
        expect(stack.contains("RW") && !stack.contains { $0.hasSuffix("E") }, "\(stack)")
        // No page is both written and executed.
        for load in segments where load.first == "LOAD" {
            let flags = load.dropFirst(6).dropLast().joined()
            expect(["R", "RE", "RW"].contains(flags), "\(load)")
        }
        expect(readelf("-hW").contains { $0.contains("Type:") && $0.contains(" DYN ") })
    }

    @Test("it cannot run a shell, load a library, or ask for an environment")
    func symbols() {
        let undefined = Set(
            readelf("--dyn-syms", "-W").filter { $0.contains(" UND ") }.compactMap {
                $0.split(separator: " ").dropFirst(7).first?.prefix { $0 != "@" }
            })
        expect(undefined.contains("posix_spawn") && undefined.contains("nl_connect"))
        let unwelcome: Set<Substring> = [
            "system", "popen", "wordexp", "dlopen", "dlmopen", "dlsym", "getenv", "secure_getenv",
            "environ", "__environ", "setenv", "putenv", "execvp", "execvpe", "execlp",
            "posix_spawnp",
            "fork", "vfork", "gets", "strcpy", "strcat", "sprintf", "vsprintf", "mktemp", "tmpnam",
        ]
        expect(undefined.intersection(unwelcome).sorted(), is: [])
    }

    @Test("its own name for the loader is the system's")
    func interpreter() {
        let requested = readelf("-lW").filter { $0.contains("interpreter") }
        expect(requested.count, is: 1)
        expect(requested.allSatisfy { $0.contains("interpreter: /lib") }, "\(requested)")
    }
}

private func readelf(_ options: String...) -> [String] {
    run(["readelf"] + options + [Program.ours.path]).lines
}

/// A line of `readelf -d`.
private struct DynamicEntry {
    let tag: String
    let value: String

    static var all: [DynamicEntry] {
        readelf("-dW").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3, words[0].hasPrefix("0x") else { return nil }
            let tag = words[1].filter { $0 != "(" && $0 != ")" }
            return DynamicEntry(tag: tag, value: words[2...].joined(separator: " "))
        }
    }
}
