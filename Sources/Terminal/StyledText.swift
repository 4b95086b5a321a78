/// A line's words, each with its paint: its width is known whatever the colours are.
///
/// Every character in it takes one column: what others chose was made printable before.
package struct StyledText: Equatable, Sendable, ExpressibleByStringLiteral {
    private struct Part: Equatable, Sendable {
        var text: String
        let paint: TerminalStyle?
    }

    private var parts: [Part]

    package init(_ text: String = "", _ paint: TerminalStyle? = nil) {
        parts = text.isEmpty ? [] : [Part(text: text, paint: paint)]
    }

    package init(stringLiteral text: String) { self.init(text) }

    package static func + (left: StyledText, right: StyledText) -> StyledText {
        var both = left
        for part in right.parts {
            if let last = both.parts.last, last.paint == part.paint {
                both.parts[both.parts.count - 1].text += part.text
            } else {
                both.parts.append(part)
            }
        }
        return both
    }

    package static func += (left: inout StyledText, right: StyledText) { left = left + right }

    /// Columns.
    package var width: Int { parts.reduce(0) { $0 + $1.text.count } }
    package var isEmpty: Bool { parts.isEmpty }

    /// With blanks behind it, or before it, up to that width.
    package func padded(to wanted: Int, onTheLeft: Bool = false) -> StyledText {
        let blanks = StyledText(String(repeating: " ", count: max(0, wanted - width)))
        return onTheLeft ? blanks + self : self + blanks
    }

    /// Without what stands beyond that width.
    package func cut(to limit: Int) -> StyledText {
        var room = limit
        var cut = StyledText()
        for part in parts {
            cut += StyledText(String(part.text.prefix(max(0, room))), part.paint)
            room -= part.text.count
        }
        return cut
    }

    /// At its blanks in lines of at most that width; a longer word has a line of its own.
    package func folded(to limit: Int) -> [StyledText] {
        var lines = [StyledText()]
        for part in parts {
            for (position, word) in part.text.split(
                separator: " ", omittingEmptySubsequences: false
            ).enumerated() {
                let line = lines[lines.count - 1]
                let next = StyledText(String(word), part.paint)
                if position == 0 {
                    lines[lines.count - 1] += next
                } else if line.width + 1 + next.width > limit, !line.isEmpty {
                    lines.append(next)
                } else {
                    lines[lines.count - 1] += StyledText(" ", part.paint) + next
                }
            }
        }
        return lines.map(\.trimmed).filter { !$0.isEmpty }
    }

    /// Without blanks at its end.
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

    package func text(_ look: TerminalCapabilities) -> String {
        parts.map { look.painted($0.text, $0.paint) }.joined()
    }
}

extension [StyledText] {
    package func joined(by separator: StyledText) -> StyledText {
        guard let first else { return StyledText() }
        return dropFirst().reduce(first) { $0 + separator + $1 }
    }
}
