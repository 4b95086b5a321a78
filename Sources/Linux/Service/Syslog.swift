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
}
