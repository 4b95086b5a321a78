/// Text that another user may have chosen, without control and bidirectional characters.
func visible(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069: result.append("?")
        default: result.append(scalar)
        }
    }
    return String(result)
}

/// A word quoted for a shell.
func quoted(_ word: String) -> String {
    let isPlain =
        !word.isEmpty
        && word.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x30...0x39).contains(byte) || "/._-+:=@,%".utf8.contains(byte)
        }
    return isPlain
        ? word
        : "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: #"'\''"#) + "'"
}

/// Words as a sentence lists them: "a", "a and b", "a, b and c".
func listed(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
}
