/// How a word stands out on a terminal (ECMA-48, "select graphic rendition").
package enum TerminalStyle: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
}

/// What the reader's terminal takes.
package struct TerminalCapabilities: Equatable, Sendable {
    package var colours: Bool
    /// Whether lines are drawn with the box drawing characters of Unicode; else with those of ASCII.
    package var lines: Bool
    /// Columns.
    package static let width = 80

    package init(colours: Bool, lines: Bool) {
        self.colours = colours
        self.lines = lines
    }

    /// - Parameter isTerminal: whether the reader is a terminal, and no file or pipe.
    /// - Parameter variable: the environment's.
    package init(isTerminal: Bool, variable: (String) -> String?) {
        colours = isTerminal && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].compactMap(variable).first { !$0.isEmpty } ?? ""
        lines = ["utf-8", "utf8"].contains { locale.lowercased().hasSuffix($0) }
    }

    package func painted(_ text: String, _ paint: TerminalStyle?) -> String {
        guard colours, let paint, !text.isEmpty else { return text }
        return "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m"
    }
}

/// Folds a sentence at its blanks before it is wider than a terminal.
/// - Parameter beginning: what stands before its first line.
/// - Parameter visible: how many columns the beginning takes: its colours take none.
package func folded(_ text: String, behind beginning: String, visible: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, visible + line.count + 1 + word.count > TerminalCapabilities.width {
            lines.append(line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    let indent = String(repeating: " ", count: visible)
    return lines.enumerated().map { ($0 == 0 ? beginning : indent) + $1 }
}
