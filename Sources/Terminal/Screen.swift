package import Linux

/// A full-screen view on a terminal that is redrawn at intervals.
///
/// It uses the alternate screen. The previous screen and the cursor are restored at the end, and
/// while the program is stopped (SIGTSTP).
package enum Screen {
    /// Redraws at intervals and when the size changes. Returns at Ctrl-C, SIGTERM or SIGHUP.
    /// - Parameter interval: milliseconds.
    /// - Parameter page: the lines to show.
    package static func show<Failure: Error>(
        every interval: Int32, _ terminal: TerminalCapabilities,
        _ page: () throws(Failure) -> [StyledText]
    ) throws {
        let signals = try TerminalSignals.take()
        try enter()
        defer { try? leave() }
        var lines = try page()
        try draw(lines, terminal)
        var due = monotonicMilliseconds() + Int(interval)
        while true {
            let rest = Int32(clamping: max(0, due - monotonicMilliseconds()))
            _ = try awaitReadable([signals.pollDescriptor], atMost: rest)
            while let event = signals.next() {
                switch event {
                case .terminate: return
                case .resize: try draw(lines, terminal)
                case .stop:
                    try leave()
                    signals.stop()
                    try enter()
                    due = monotonicMilliseconds()
                }
            }
            if monotonicMilliseconds() >= due {
                lines = try page()
                try draw(lines, terminal)
                due = monotonicMilliseconds() + Int(interval)
            }
        }
    }

    // Control sequences of xterm, which all common terminals support: alternate screen, cursor,
    // home, clear to the end of the line and of the screen.
    private static func enter() throws(Errno) { try printOut("\u{1b}[?1049h\u{1b}[?25l") }
    private static func leave() throws(Errno) { try printOut("\u{1b}[?25h\u{1b}[?1049l") }

    private static func draw(_ lines: [StyledText], _ terminal: TerminalCapabilities) throws(Errno)
    {
        try printOut(frame(lines, terminal, TerminalSize.ofOutput))
    }

    /// The output for one page. It is written in a single call, so that no half-drawn page is
    /// visible. It is cut to the terminal's size: anything larger would wrap or scroll.
    package static func frame(
        _ lines: [StyledText], _ terminal: TerminalCapabilities, _ size: TerminalSize
    ) -> String {
        var shown = lines
        if lines.count > size.rows {
            let rest = lines.count - max(0, size.rows - 1)
            shown = lines.prefix(max(0, size.rows - 1)) + [StyledText("\(rest) more lines", .dim)]
        }
        // Clear each line before writing it: after a full line, the cursor is in the last column,
        // and clearing would erase that column.
        return "\u{1b}[H"
            + shown.map { "\u{1b}[K" + $0.cut(to: size.columns).text(terminal) }.joined(
                separator: "\r\n")
            + (shown.count < size.rows ? "\r\n\u{1b}[J" : "")
    }
}
