package import Linux

/// A full-screen view on a terminal that is redrawn at intervals, and scrolls.
///
/// It uses the alternate screen, and reads single keys if standard input is the terminal. The
/// previous screen, the cursor and the terminal's settings are restored at the end, and while the
/// program is stopped (SIGTSTP).
package enum Screen {
    /// Redraws at intervals, when the size changes (SIGWINCH) and when a key scrolls. Returns at
    /// Ctrl-C, `q`, SIGTERM or SIGHUP.
    /// - Parameter interval: milliseconds.
    /// - Parameter refresh: gathers what is shown, once for each interval.
    /// - Parameter page: the lines to show in that width. The first stays in place.
    package static func show<Failure: Error>(
        every interval: Int32, _ terminal: TerminalCapabilities,
        refresh: () throws(Failure) -> Void, page: (TerminalSize) -> [StyledText]
    ) throws {
        let signals = try TerminalSignals.take()
        let keys = TerminalKeys()
        try enter(keys)
        defer { try? leave(keys) }
        var view = ScrolledView()
        func draw() throws(Errno) {
            let size = TerminalSize.ofOutput
            try printOut(view.frame(page(size), terminal, size))
        }
        try refresh()
        try draw()
        var due = monotonicMilliseconds() + Int(interval)
        var readsKeys = keys != nil
        while true {
            let rest = Int32(clamping: max(0, due - monotonicMilliseconds()))
            let sources = [signals.pollDescriptor] + (readsKeys ? [TerminalKeys.descriptor] : [])
            let ready = try awaitReadable(sources, atMost: rest)
            while let event = signals.next() {
                switch event {
                case .terminate: return
                case .resize: try draw()
                case .stop:
                    try leave(keys)
                    signals.stop()
                    try enter(keys)
                    due = monotonicMilliseconds()
                }
            }
            if ready.count > 1, ready[1] {
                guard let bytes = TerminalKeys.read() else {
                    readsKeys = false
                    continue
                }
                for key in ScrolledView.Key.all(in: bytes) {
                    if key == .quit { return }
                    view.scroll(key)
                }
                try draw()
            }
            if monotonicMilliseconds() >= due {
                try refresh()
                try draw()
                due = monotonicMilliseconds() + Int(interval)
            }
        }
    }

    // Control sequences of xterm, which all common terminals support: alternate screen, cursor.
    private static func enter(_ keys: TerminalKeys?) throws(Errno) {
        keys?.begin()
        try printOut("\u{1b}[?1049h\u{1b}[?25l")
    }

    private static func leave(_ keys: TerminalKeys?) throws(Errno) {
        keys?.end()
        try printOut("\u{1b}[?25h\u{1b}[?1049l")
    }
}
