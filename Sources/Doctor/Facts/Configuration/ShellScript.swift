internal import Linux

/// The simple commands of a shell script, as far as they can be recognized without running it.
struct ShellScript {
    struct Command: Equatable {
        /// Numbered from 1.
        let line: Int
        let words: [UntrustedText]
        /// Whether the script runs it on each run: it is in no block, and after no condition.
        let isUnconditional: Bool

        /// Whether it is unconditional, and its first word is a path.
        var isAlwaysRun: Bool { isUnconditional && words[0].isPlainPath }
    }

    private(set) var commands: [Command] = []

    init(_ bytes: [UInt8]) {
        var depth = 0
        var hasEnded = false
        var isContinued = false
        for (number, place) in Lines(bytes: bytes).entries {
            let line = bytes[place]
            let words = words(of: line).map { UntrustedText($0) }
            guard let first = words.first, let last = words.last else { continue }
            let continues = line.last == 0x5c
            defer { isContinued = continues }
            // What follows can be the text of a here-document.
            if words.contains(where: { $0.hasPrefix("<<") }) { return }
            let opens =
                ["if", "for", "while", "until", "case", "{"].contains { first == $0 }
                || [0x7b, 0x28].contains(line.last ?? 0)
            let closes = ["fi", "done", "esac", "}", ")"].contains { name in
                last == name || first == name || first == "\(name);"
            }
            if opens, !closes { depth += 1 }
            if closes, !opens { depth = max(depth - 1, 0) }
            guard !opens, !closes, !isContinued else { continue }
            let isSimple = !line.contains { "|&;<>`".utf8.contains($0) }
            commands.append(
                Command(
                    line: number, words: words,
                    isUnconditional: depth == 0 && !hasEnded && isSimple))
            if depth == 0, ["exit", "exec", "return"].contains(where: { first == $0 }) {
                hasEnded = true
            }
        }
    }
}

extension ProgramHeader {
    /// Whether a shell runs it.
    var isShellScript: Bool {
        guard case .script(let interpreter, _) = self else { return false }
        return ["sh", "bash", "dash", "ash"].contains { interpreter.lastComponent == $0 }
    }
}
