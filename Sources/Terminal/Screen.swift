package import Linux

/// A terminal that shows one state after the other in the same place.
///
/// The page that was there before comes back at the end, and the cursor with it: at an order to end,
/// and while the shell has the terminal because somebody stopped the program.
package enum Screen {
    /// Draws anew after each interval, and when the terminal has changed its size. Returns at an order
    /// to end: Ctrl-C, SIGTERM, or the terminal's own end.
    /// - Parameter interval: milliseconds.
    /// - Parameter page: the lines to show.
    package static func show<Failure: Error>(
        every interval: Int32, _ look: TerminalCapabilities,
        _ page: () throws(Failure) -> [StyledText]
    ) throws {
        let signals = try TerminalSignals.take()
        try enter()
        defer { try? leave() }
        var lines = try page()
        try draw(lines, look)
        var due = steadyClock() + Int(interval)
        while true {
            let rest = Int32(clamping: max(0, due - steadyClock()))
            _ = try awaitReadable([signals.readiness], atMost: rest)
            while let event = signals.next() {
                switch event {
                case .end: return
                case .resize: try draw(lines, look)
                case .stop:
                    try leave()
                    signals.stop()
                    try enter()
                    due = steadyClock()
                }
            }
            if steadyClock() >= due {
                lines = try page()
                try draw(lines, look)
                due = steadyClock() + Int(interval)
            }
        }
    }

    // The codes are those of xterm, which every terminal of today understands: the other page, the
    // cursor, home, clear to the line's end, clear to the page's end.
    private static func enter() throws(Errno) { try printOut("\u{1b}[?1049h\u{1b}[?25l") }
    private static func leave() throws(Errno) { try printOut("\u{1b}[?25h\u{1b}[?1049l") }

    private static func draw(_ lines: [StyledText], _ look: TerminalCapabilities) throws(Errno) {
        try printOut(frame(lines, look, TerminalSize.ofOutput))
    }

    /// What the terminal is told in one piece, so that no half of a page is seen. Nothing is wider or
    /// longer than the terminal, which would break or scroll it.
    package static func frame(
        _ lines: [StyledText], _ look: TerminalCapabilities, _ size: TerminalSize
    ) -> String {
        var shown = lines
        if lines.count > size.rows {
            let rest = lines.count - max(0, size.rows - 1)
            shown = lines.prefix(max(0, size.rows - 1)) + [StyledText("\(rest) more lines", .dim)]
        }
        // Cleared before it is written: a cursor behind the last column would clear that one, too.
        return "\u{1b}[H"
            + shown.map { "\u{1b}[K" + $0.cut(to: size.columns).text(look) }.joined(
                separator: "\r\n")
            + (shown.count < size.rows ? "\r\n\u{1b}[J" : "")
    }
}
