internal import Linux
internal import UserFiles

/// A command with which a shell script fails whenever it runs, as far as that is known without
/// running it.
struct ScriptFailure: Equatable, Sendable {
    /// Numbered from 1.
    let line: Int
    /// As the end of "line 3 …".
    let reason: String

    /// - Parameter bytes: the beginning of the script.
    static func find(
        in bytes: [UInt8], _ cache: inout PathCache, from files: inout some FileReader
    ) -> ScriptFailure? {
        let script = ShellScript(bytes)
        let commands = script.commands
        // A function can have the name of a program.
        let hasFunctions = Linux.firstIndex(of: Array("()".utf8), in: bytes, from: 0) != nil
        let first = String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
        var stopsAtError = first.hasPrefix("#!") && first.contains(" -e")
        for (index, command) in commands.enumerated()
        where command.isUnconditional && command.words[0].bytes.first != 0x23 {
            let words = command.words.prefix { !$0.hasPrefix("#") }
            guard let name = words.first else { continue }
            if name == "set", words.dropFirst().first.map({ $0.hasPrefix("-e") }) ?? false {
                stopsAtError = true
            }
            if name == "exit", let status = words.dropFirst().first,
                decimal(status.bytes[...], upTo: 255) ?? 0 > 0
            {
                return ScriptFailure(
                    line: command.line, reason: "ends it with exit \(status.escaped)")
            }
            let isLast = index == commands.count - 1
            guard stopsAtError || isLast, !hasFunctions else { continue }
            if name == "false" || name == "/bin/false" || name == "/usr/bin/false" {
                return ScriptFailure(line: command.line, reason: "fails, as it runs false")
            }
            if let path = missingPath(words, &cache, from: &files) {
                return ScriptFailure(
                    line: command.line, reason: "tests \(path.quoted), which does not exist")
            }
            if isMissing(name, &cache, from: &files) {
                return ScriptFailure(
                    line: command.line, reason: "runs \(name.quoted), which does not exist")
            }
        }
        return nil
    }

    /// The path in a command such as `test -d PATH`, if it does not exist.
    private static func missingPath(
        _ words: ArraySlice<UntrustedText>, _ cache: inout PathCache,
        from files: inout some FileReader
    ) -> UntrustedText? {
        let words = Array(words)
        guard words.count >= 3, words[0] == "test" || words[0] == "[" || words[0] == "[[",
            ["-d", "-e", "-f", "-r", "-s", "-x"].contains(where: { words[1] == $0 }),
            words[2].isPlainPath, cache.status(of: words[2], from: &files) == .missing
        else { return nil }
        return words[2]
    }

    private static let builtins = [
        ".", ":", "[", "alias", "bg", "break", "case", "cd", "command", "continue", "declare", "do",
        "done", "echo", "elif", "else", "esac", "eval", "exec", "exit", "export", "false", "fg",
        "fi", "for", "getopts", "hash", "if", "jobs", "kill", "let", "local", "printf", "pwd",
        "read", "readonly", "return", "set", "shift", "shopt", "source", "test", "then", "time",
        "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "until",
        "wait", "while",
    ]

    private static func isMissing(
        _ name: UntrustedText, _ cache: inout PathCache, from files: inout some FileReader
    ) -> Bool {
        if name.isPlainPath { return cache.status(of: name, from: &files) == .missing }
        let isPlain = name.bytes.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f
        }
        guard isPlain, !builtins.contains(String(decoding: name.bytes, as: UTF8.self)) else {
            return false
        }
        return (ProgramHeader.searchedDirectories + ["/usr/local/bin", "/usr/local/sbin"])
            .allSatisfy { directory in
                let path = UntrustedText(directory).appending("/").appending(name)
                return cache.status(of: path, from: &files) == .missing
            }
    }
}
