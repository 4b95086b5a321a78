internal import CSystemd
internal import Linux

/// A transient scope with Delegate=yes, in which its user may create cgroups.
package enum DelegatedScope {
    /// Moves this process into a new scope.
    /// - Parameters:
    ///   - unit: the name of the scope, `run-3k9x02ba.scope`.
    ///   - description: what `systemctl --user status` shows.
    ///   - socket: the path of the socket of the systemd manager.
    ///   - seconds: how long to wait for the reply, and then for the job.
    package static func enter(
        _ unit: String, description: String, by socket: String, within seconds: UInt64 = 30
    ) throws(ScopeError) {
        try ManagerBus.connect(to: socket)
            .startScope(unit, description: description, process: .own, within: seconds)
    }
}

extension ManagerBus {
    /// Starts a scope with Delegate=yes (StartTransientUnit), and waits until the process is in it.
    /// The property PIDs names the process, so AttachProcessesToUnit is not needed. As with
    /// systemd-run, the scope is in app.slice, the default without Slice=, and systemd removes it
    /// when its last process has ended, even if that failed.
    borrowing func startScope(
        _ unit: String, description: String, process: ProcessID, within seconds: UInt64
    ) throws(ScopeError) {
        let request = try unsafe Message(
            call: "StartTransientUnit", of: "org.freedesktop.systemd1",
            at: "/org/freedesktop/systemd1", interface: Self.interface, on: bus)
        try request.append(unit)
        try request.append("fail")
        try request.container("a", "(sv)") { () throws(ScopeError) in
            try request.property("Description", "s") { () throws(ScopeError) in
                try request.append(description)
            }
            try request.property("CollectMode", "s") { () throws(ScopeError) in
                try request.append("inactive-or-failed")
            }
            try request.property("Delegate", "b") { () throws(ScopeError) in
                try request.append(true)
            }
            try request.property("PIDs", "au") { () throws(ScopeError) in
                try request.container("a", "u") { () throws(ScopeError) in
                    try request.append(UInt32(process.number))
                }
            }
        }
        // Auxiliary units: none.
        try request.container("a", "(sa(sv))") { () throws(ScopeError) in }
        let reply = try unsafe request.send(on: bus, within: seconds)
        try wait(for: try reply.string("o"), within: seconds)
    }
}
