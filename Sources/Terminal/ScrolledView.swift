package import Linux

/// The part of a text that a screen shows: the first line, and as many others as fit.
package struct ScrolledView: Sendable {
    /// What a key does, with the keys of less(1).
    package enum Key: Equatable, Sendable {
        case quit, up, down, pageUp, pageDown, top, bottom

        /// The keys in what was read from a terminal; others are ignored.
        package static func all(in bytes: [UInt8]) -> [Key] {
            var keys: [Key] = []
            var rest = bytes[...]
            while let byte = rest.first {
                if let (sequence, key) = sequences.first(where: { rest.starts(with: $0.0) }) {
                    keys.append(key)
                    rest = rest.dropFirst(sequence.count)
                    continue
                }
                rest = rest.dropFirst()
                switch byte {
                case 0x71, 0x51: keys.append(.quit)  // q
                case 0x6b, 0x79: keys.append(.up)  // k, y
                case 0x6a, 0x65, 0x0a, 0x0d: keys.append(.down)  // j, e, Enter
                case 0x62: keys.append(.pageUp)  // b
                case 0x20, 0x66: keys.append(.pageDown)  // Space, f
                case 0x67, 0x3c: keys.append(.top)  // g, <
                case 0x47, 0x3e: keys.append(.bottom)  // G, >
                default: break
                }
            }
            return keys
        }

        /// The sequences of the arrow keys, Page Up, Page Down, Home and End.
        private static let sequences: [([UInt8], Key)] = [
            ("\u{1b}[A", Key.up), ("\u{1b}OA", .up), ("\u{1b}[B", .down), ("\u{1b}OB", .down),
            ("\u{1b}[5~", .pageUp), ("\u{1b}[6~", .pageDown), ("\u{1b}[H", .top),
            ("\u{1b}OH", .top), ("\u{1b}[1~", .top), ("\u{1b}[F", .bottom),
            ("\u{1b}OF", .bottom), ("\u{1b}[4~", .bottom),
        ].map { (Array($0.0.utf8), $0.1) }
    }

    /// How many lines after the first are above the screen.
    private var offset = 0
    /// The lines that fit between the first and the last line of the screen, and how many there
    /// are.
    private var visible = 1
    private var total = 0

    package init() {}

    package mutating func scroll(_ key: Key) {
        switch key {
        case .quit: break
        case .up: offset -= 1
        case .down: offset += 1
        case .pageUp: offset -= visible
        case .pageDown: offset += visible
        case .top: offset = 0
        case .bottom: offset = total
        }
        limit()
    }

    private mutating func limit() { offset = max(0, min(offset, total - visible)) }

    /// The output for one screen. It is written in a single call, so that no half-drawn screen is
    /// visible. It is cut to the terminal's size: anything larger would wrap or scroll.
    package mutating func frame(
        _ lines: [StyledText], _ terminal: TerminalCapabilities, _ size: TerminalSize
    ) -> String {
        let shown = part(of: lines, size)
        // Clear each line before writing it: after a full line, the cursor is in the last column,
        // and clearing would erase that column.
        return "\u{1b}[H"
            + shown.map { "\u{1b}[K" + $0.cut(to: size.columns).text(terminal) }.joined(
                separator: "\r\n")
            + (shown.count < size.rows ? "\r\n\u{1b}[J" : "")
    }

    private mutating func part(of lines: [StyledText], _ size: TerminalSize) -> [StyledText] {
        total = max(0, lines.count - 1)
        guard lines.count > size.rows else {
            visible = max(1, total)
            offset = 0
            return lines
        }
        visible = max(1, size.rows - 2)
        limit()
        let end = min(total, offset + visible)
        let rest = total - end
        let position =
            rest == 0
            ? "end; Space b g: scroll, q: exit"
            : "\(counted(rest, "more line")); Space b g: scroll, q: exit"
        let status = StyledText(position, .dim)
        guard size.rows > 2 else { return Array(lines.prefix(max(0, size.rows - 1))) + [status] }
        return [lines[0]] + lines[(offset + 1)..<(end + 1)] + [status]
    }
}
