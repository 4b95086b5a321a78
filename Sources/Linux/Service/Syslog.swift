internal import CLinux

/// The system's log, for a program without a terminal.
package enum Syslog {
    package enum Priority: Sendable { case information, warning }

    /// Writes with facility authpriv, as programs that authenticate users do.
    /// - Parameter program: the name under which the line appears.
    package static func write(_ text: String, _ priority: Priority, as program: String) {
        unsafe linux_syslog(
            program, LOG_AUTHPRIV, priority == .warning ? LOG_WARNING : LOG_INFO, text)
    }

    /// Sends a line of facility authpriv, and never waits: if nothing receives the log, or its
    /// receiver is busy, the line is lost. Opens no other file, unlike ``write(_:_:as:)``.
    package static func send(_ text: String, as program: String) {
        // See RFC 3164. The receiver adds the time and the process.
        let line = "<\(LOG_AUTHPRIV | LOG_INFO)>\(program): \(text)"
        _ = unsafe linux_send_to_unix("/dev/log", line, Int32(MSG_DONTWAIT))
    }
}
