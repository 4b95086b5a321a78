package import Linux

/// Text in one line whose parts have styles.
///
/// Each character takes one column: text that users chose is made printable first.
package struct StyledText: Equatable, Sendable, ExpressibleByStringLiteral {
    private struct Part: Equatable, Sendable {
        var text: String
        let style: TerminalStyle?
    }

    private var parts: [Part]

    package init(_ text: String = "", _ style: TerminalStyle? = nil) {
        parts = text.isEmpty ? [] : [Part(text: text, style: style)]
    }

    /// Text of a user, a container or a log, as one word of ASCII. A long text is truncated, so
    /// that it cannot push other columns off the screen.
    package init(_ text: UntrustedText, _ style: TerminalStyle? = nil) {
        self.init(text.escaped(upTo: 40), style)
    }

    package init(stringLiteral text: String) { self.init(text) }

    package static func + (left: StyledText, right: StyledText) -> StyledText {
        var both = left
        for part in right.parts {
            if let last = both.parts.last, last.style == part.style {
                both.parts[both.parts.count - 1].text += part.text
            } else {
                both.parts.append(part)
            }
        }
        return both
    }

    package static func += (left: inout StyledText, right: StyledText) { left = left + right }

    /// The width in columns.
    package var width: Int { parts.reduce(0) { $0 + $1.text.count } }
    package var isEmpty: Bool { parts.isEmpty }

    /// Appends or prepends blanks up to a width.
    package func padded(to columns: Int, onTheLeft: Bool = false) -> StyledText {
        let blanks = StyledText(String(repeating: " ", count: max(0, columns - width)))
        return onTheLeft ? blanks + self : self + blanks
    }

    /// Truncated to a width.
    package func cut(to limit: Int) -> StyledText {
        var room = limit
        var cut = StyledText()
        for part in parts {
            cut += StyledText(String(part.text.prefix(max(0, room))), part.style)
            room -= part.text.count
        }
        return cut
    }

    /// Pieces of at most that width.
    package func pieces(of limit: Int) -> [StyledText] {
        guard width > limit, limit > 0 else { return [self] }
        var skipped = limit
        var rest = StyledText()
        for part in parts {
            rest += StyledText(String(part.text.dropFirst(skipped)), part.style)
            skipped = max(0, skipped - part.text.count)
        }
        return [cut(to: limit)] + rest.pieces(of: limit)
    }

    /// Wrapped at blanks into lines of at most that width. A longer word gets its own line.
    /// - Parameter hanging: by how much all lines but the first are narrower.
    package func folded(to limit: Int, hanging: Int = 0) -> [StyledText] {
        var lines = [StyledText()]
        for part in parts {
            for (position, word) in part.text.split(
                separator: " ", omittingEmptySubsequences: false
            ).enumerated() {
                let line = lines[lines.count - 1]
                let room = limit - (lines.count > 1 ? hanging : 0)
                let next = StyledText(String(word), part.style)
                if position == 0 {
                    lines[lines.count - 1] += next
                } else if line.width + 1 + next.width > room, !line.isEmpty {
                    lines.append(next)
                } else {
                    lines[lines.count - 1] += StyledText(" ", part.style) + next
                }
            }
        }
        return lines.map(\.trimmed).filter { !$0.isEmpty }
    }

    /// Without trailing blanks.
    package var trimmed: StyledText {
        var trimmed = self
        while let last = trimmed.parts.last {
            let kept = last.text.reversed().drop { $0 == " " }.reversed()
            guard kept.isEmpty else {
                trimmed.parts[trimmed.parts.count - 1].text = String(kept)
                break
            }
            trimmed.parts.removeLast()
        }
        return trimmed
    }

    package func text(_ terminal: TerminalCapabilities) -> String {
        parts.map { terminal.painted($0.text, $0.style) }.joined()
    }
}

extension [StyledText] {
    package func joined(by separator: StyledText) -> StyledText {
        guard let first else { return StyledText() }
        return dropFirst().reduce(first) { $0 + separator + $1 }
    }

    /// Joined into lines of at most that width, without breaking a text. A wider text gets its own
    /// line, and is truncated.
    package func packed(to limit: Int, separator: StyledText) -> [StyledText] {
        var lines: [StyledText] = []
        for text in self {
            if let line = lines.last, line.width + separator.width + text.width <= limit {
                lines[lines.count - 1] = line + separator + text
            } else {
                lines.append(text.cut(to: limit))
            }
        }
        return lines
    }
}

/// Wraps a paragraph at blanks into lines that fit the width of reports.
/// - Parameter prefix: the text before the first line.
/// - Parameter visible: the width of the prefix, without its control sequences.
/// - Parameter hanging: by how much the other lines are indented further than the prefix.
package func folded(
    _ text: String, behind prefix: String, visible: Int, hanging: Int = 0
) -> [String] {
    let indent = String(repeating: " ", count: visible + hanging)
    let plain = TerminalCapabilities(colors: false, usesUnicode: false)
    return StyledText(text).folded(to: TerminalCapabilities.width - visible, hanging: hanging)
        .enumerated().map { ($0 == 0 ? prefix : indent) + $1.text(plain) }
}
