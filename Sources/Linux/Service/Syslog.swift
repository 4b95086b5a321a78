internal import CLinux

/// The system's log, for a program without a terminal.
package enum Syslog {
    package enum Weight: Sendable { case information, warning }

    /// Writes with facility authpriv, as programs that authenticate users do.
    /// - Parameter program: the name under which the line appears.
    package static func write(_ text: String, _ weight: Weight, as program: String) {
        unsafe linux_syslog(
            program, LOG_AUTHPRIV, weight == .warning ? LOG_WARNING : LOG_INFO, text)
    }
}
