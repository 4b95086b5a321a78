internal import CLinux

/// Reads single keys from the terminal on standard input, without echo (cbreak mode of termios(3),
/// not raw mode).
package struct TerminalKeys: Sendable {
    /// The descriptor to poll.
    package static var descriptor: Int32 { STDIN_FILENO }

    private let former: termios

    /// - Returns: `nil` if standard input is not a terminal.
    package init?() {
        var settings = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        former = settings
    }

    /// Sets the terminal up. Ctrl-C and Ctrl-Z still send signals.
    package func begin() {
        // A process in the background that changes the settings is stopped by SIGTTOU.
        guard tcgetpgrp(STDIN_FILENO) == getpgrp() else { return }
        var settings = former
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Restores the settings.
    package func end() {
        guard tcgetpgrp(STDIN_FILENO) == getpgrp() else { return }
        var settings = former
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Reads what has been typed.
    /// - Returns: `nil` at the end of the input.
    package static func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = unsafe CLinux.read(STDIN_FILENO, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return Array(buffer[..<count])
    }
}
