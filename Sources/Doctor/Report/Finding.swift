/// What one check says about one thing.
package struct Finding: Equatable, Sendable {
    package enum Verdict: String, Sendable, CaseIterable {
        case ok, warning, problem
        /// What would tell is hidden from whoever asked.
        case unknown
    }

    /// The name of the check; it is entered by ``Check/run(_:)``.
    package internal(set) var check = ""
    package let verdict: Verdict
    /// What was looked at.
    package let place: String
    package let message: String
    /// What fixes it, all of it in this order.
    package let fixes: [Fix]

    init(_ verdict: Verdict, _ place: String, _ message: String, _ fixes: [Fix] = []) {
        self.verdict = verdict
        self.place = visible(place)
        self.message = visible(message)
        self.fixes = fixes.map { $0.visible }
    }

    static func ok(_ place: String, _ message: String) -> Finding { .init(.ok, place, message) }

    static func warning(_ place: String, _ message: String, _ fixes: Fix...) -> Finding {
        .init(.warning, place, message, fixes)
    }

    static func problem(_ place: String, _ message: String, _ fixes: Fix...) -> Finding {
        .init(.problem, place, message, fixes)
    }

    /// - Parameter reason: why it cannot be told, such as "only root may read it".
    static func unknown(_ place: String, _ reason: String) -> Finding {
        .init(.unknown, place, reason)
    }
}

/// A step by which a fault is mended.
package enum Fix: Equatable, Sendable {
    /// To be typed as it stands.
    case command(String, by: Actor)
    /// To be added to a file, at its end.
    case line(String, to: String, by: Actor)
    /// What no command does.
    case advice(String)

    package enum Actor: String, Sendable {
        case root
        case user
    }
}

extension Fix {
    fileprivate var visible: Fix {
        switch self {
        case .command(let text, let actor): .command(Doctor.visible(text), by: actor)
        case .line(let text, let file, let actor):
            .line(Doctor.visible(text), to: Doctor.visible(file), by: actor)
        case .advice(let text): .advice(Doctor.visible(text))
        }
    }
}

/// Text of which a part was somebody else's to choose, without what would steer a terminal or turn the
/// direction of reading.
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

/// A word as a shell reads it back.
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

/// How a sentence lists things: "a", "a and b", "a, b and c".
func listed(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
}
