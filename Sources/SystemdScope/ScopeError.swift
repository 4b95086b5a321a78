package import Linux

/// Why no scope was started.
package enum ScopeError: Error {
    /// The manager's D-Bus error, such as `org.freedesktop.systemd1.UnitExists`.
    case refused(name: String, message: String)
    /// The result of the unit's job, as systemd names it: `failed`, `timeout`.
    case job(result: String)
    case noAnswer(seconds: UInt64)
    case connection(Errno)
}

extension ScopeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let name, let message):
            "the systemd user manager did not start the scope: \(message) (\(name))"
        case .job(let result):
            "the systemd user manager did not start the scope: its job ended with "
                + "\"\(result)\"; see journalctl --user"
        case .noAnswer(let seconds):
            "the systemd user manager did not start the scope within \(seconds) seconds: see "
                + "systemctl --user list-jobs"
        case .connection(let errno):
            "cannot connect to the systemd user manager: \(errno.description)"
        }
    }
}
