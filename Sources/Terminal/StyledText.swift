/// A line's words, each with its paint: its width is known whatever the colours are.
///
/// Every character in it takes one column: what others chose was made printable before.
package struct Inscription: Equatable, Sendable, ExpressibleByStringLiteral {
    private struct Part: Equatable, Sendable {
        var text: String
        let paint: Paint?
    }

    private var parts: [Part]

    package init(_ text: String = "", _ paint: Paint? = nil) {
        parts = text.isEmpty ? [] : [Part(text: text, paint: paint)]
    }

    package init(stringLiteral text: String) { self.init(text) }

    package static func + (left: Inscription, right: Inscription) -> Inscription {
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

    package static func += (left: inout Inscription, right: Inscription) { left = left + right }

    /// Columns.
    package var width: Int { parts.reduce(0) { $0 + $1.text.count } }
    package var isEmpty: Bool { parts.isEmpty }

    /// With blanks behind it, or before it, up to that width.
    package func padded(to wanted: Int, onTheLeft: Bool = false) -> Inscription {
        let blanks = Inscription(String(repeating: " ", count: max(0, wanted - width)))
        return onTheLeft ? blanks + self : self + blanks
    }

    /// Without what stands beyond that width.
    package func cut(to limit: Int) -> Inscription {
        var room = limit
        var cut = Inscription()
        for part in parts {
            cut += Inscription(String(part.text.prefix(max(0, room))), part.paint)
            room -= part.text.count
        }
        return cut
    }

    /// At its blanks in lines of at most that width; a longer word has a line of its own.
    package func folded(to limit: Int) -> [Inscription] {
        var lines = [Inscription()]
        for part in parts {
            for (position, word) in part.text.split(
                separator: " ", omittingEmptySubsequences: false
            ).enumerated() {
                let line = lines[lines.count - 1]
                let next = Inscription(String(word), part.paint)
                if position == 0 {
                    lines[lines.count - 1] += next
                } else if line.width + 1 + next.width > limit, !line.isEmpty {
                    lines.append(next)
                } else {
                    lines[lines.count - 1] += Inscription(" ", part.paint) + next
                }
            }
        }
        return lines.map(\.trimmed).filter { !$0.isEmpty }
    }

    /// Without blanks at its end.
    package var trimmed: Inscription {
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

    package func text(_ look: Look) -> String {
        parts.map { look.painted($0.text, $0.paint) }.joined()
    }
}

extension [Inscription] {
    package func joined(by separator: Inscription) -> Inscription {
        guard let first else { return Inscription() }
        return dropFirst().reduce(first) { $0 + separator + $1 }
    }
}
