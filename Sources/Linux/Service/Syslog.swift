internal import CLinux

/// The system's log, for a program without a terminal. Berth writes no log files, so none has to be
/// rotated (logrotate).
package enum Syslog {
    package enum Priority: Sendable { case information, warning }

    /// Writes with syslog(3) and facility authpriv, as programs that authenticate users do.
    /// - Parameter program: the name under which the line appears.
    package static func write(_ text: String, _ priority: Priority, as program: String) {
        unsafe linux_syslog(
            program, LOG_AUTHPRIV, priority == .warning ? LOG_WARNING : LOG_INFO, text)
    }
}

/// A connection to the system's log (`/dev/log` of journald or a syslog daemon) that never waits:
/// if nothing receives the log, or its receiver is busy, a line is lost.
///
/// The caller of a setuid program can set its resource limits while it runs. Connect as root, so
/// that a limit of 0 open files cannot suppress the lines.
package struct SyslogConnection: Sendable {
    /// Stays open until the process ends.
    private let socket: Int32?
    private let program: String

    /// - Parameter program: the name under which the lines appear.
    package static func open(as program: String) -> SyslogConnection {
        SyslogConnection(socket: try? connect(), program: program)
    }

    /// Sends a line of facility authpriv.
    package func send(_ text: String) {
        // See RFC 3164. The receiver adds the time and the process.
        let line = "<\(LOG_AUTHPRIV | LOG_INFO)>\(program): \(text)"
        guard let socket else { return }
        do throws(Errno) { return try Self.send(line, to: socket) } catch {
            // ECONNREFUSED: the receiver has started again.
            guard error == Errno(ECONNREFUSED) else { return }
        }
        guard let socket = try? Self.connect() else { return }
        let connection = Descriptor(owning: socket)
        try? Self.send(line, to: connection.number)
    }

    private static func send(_ line: String, to socket: Int32) throws(Errno) {
        try call { unsafe linux_send_text(socket, line, Int32(MSG_DONTWAIT)) }
    }

    private static func connect() throws(Errno) -> Int32 {
        try call { unsafe linux_connect_to_unix("/dev/log") }
    }
}
