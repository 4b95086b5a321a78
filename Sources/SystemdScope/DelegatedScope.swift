package import Linux

/// A transient scope with Delegate=yes, in which its user may make cgroups.
package enum DelegatedScope {
    /// The private D-Bus socket of a user's systemd manager.
    package static func socket(of user: UserID) -> String {
        "/run/user/\(user.number)/systemd/private"
    }

    /// Moves this process into a new scope.
    /// - Parameters:
    ///   - unit: the name of the scope, `run-3k9x02ba.scope`.
    ///   - description: what `systemctl --user status` shows.
    ///   - socket: that of the systemd manager to ask.
    ///   - seconds: how long to wait for the reply, and then for the job.
    package static func enter(
        _ unit: String, description: String, by socket: String, within seconds: UInt64 = 30
    ) throws(ScopeError) {
        try UserManager.connect(to: socket)
            .startScope(unit, description: description, process: .own, within: seconds)
    }
}
