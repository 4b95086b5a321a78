internal import CLinux

/// The size of a terminal in characters.
package struct TerminalSize: Equatable, Sendable {
    package let rows: Int
    package let columns: Int

    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// The size of the terminal on standard output (TIOCGWINSZ in ioctl_tty(2)), or that of a VT100
    /// if it is unknown.
    package static var ofOutput: TerminalSize {
        var window = winsize()
        guard unsafe linux_ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0,
            window.ws_col > 0
        else { return TerminalSize(rows: 24, columns: 80) }
        return TerminalSize(rows: Int(window.ws_row), columns: Int(window.ws_col))
    }
}
