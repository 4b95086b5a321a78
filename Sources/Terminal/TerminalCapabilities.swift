/// What the output supports: colors and characters.
package struct TerminalCapabilities: Equatable, Sendable {
    package var colors: Bool
    /// Whether trees and bars use Unicode's box drawing characters instead of ASCII.
    package var usesUnicode: Bool
    /// The width of all reports, in columns.
    package static let width = 80

    package init(colors: Bool, usesUnicode: Bool) {
        self.colors = colors
        self.usesUnicode = usesUnicode
    }

    /// - Parameter isTerminal: whether the output is a terminal: isatty(3).
    /// - Parameter variable: looks up a variable of the environment.
    package init(isTerminal: Bool, variable: (String) -> String?) {
        colors = isTerminal && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].compactMap(variable).first { !$0.isEmpty } ?? ""
        usesUnicode = ["utf-8", "utf8"].contains { locale.lowercased().hasSuffix($0) }
    }

    package func painted(_ text: String, _ style: TerminalStyle?) -> String {
        guard colors, let style, !text.isEmpty else { return text }
        return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
    }
}
