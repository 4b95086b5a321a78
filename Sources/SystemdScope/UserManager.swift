internal import CSystemd
internal import Linux

/// A D-Bus connection to a user's systemd manager.
///
/// It is the manager's private socket, as in `systemd-run --user --scope`: it needs no D-Bus daemon
/// and no subscription to signals, and saves two round trips.
@safe struct UserManager: ~Copyable {
    private let bus: OpaquePointer

    deinit { unsafe sd_bus_flush_close_unref(bus) }

    private init(_ bus: OpaquePointer) { unsafe self.bus = unsafe bus }

    /// - Parameter socket: a path without the characters that a D-Bus address escapes.
    static func connect(to socket: String) throws(ScopeError) -> UserManager {
        var new: OpaquePointer?
        try check(unsafe sd_bus_new(&new))
        guard let bus = unsafe new else { throw .connection(.noMemory) }
        let manager = unsafe UserManager(bus)
        try check(unsafe sd_bus_set_address(bus, "unix:path=\(socket)"))
        try check(unsafe sd_bus_start(bus))
        return manager
    }

    /// Starts a scope with Delegate=yes, and waits until the process is in it. As with systemd-run,
    /// it is in app.slice, the default, and is removed after its last process, even if that failed.
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

    private static var interface: String { "org.freedesktop.systemd1.Manager" }

    /// - Parameter job: the object path of the job, which JobRemoved names when it has ended.
    private borrowing func wait(for job: [UInt8], within seconds: UInt64) throws(ScopeError) {
        let deadline = Self.microseconds + seconds * 1_000_000
        while true {
            var next: OpaquePointer?
            let isBusy = try check(unsafe sd_bus_process(bus, &next)) > 0
            if let next = unsafe next {
                let signal = unsafe Message(next)
                if signal.isSignal("JobRemoved", of: Self.interface) {
                    // "uoss": the job's number, its path, the unit and the result.
                    try signal.skip("u")
                    let path = try signal.string("o")
                    try signal.skip("s")
                    let result = try signal.string("s")
                    if path == job {
                        guard result.elementsEqual("done".utf8) else {
                            throw .job(result: printable(result))
                        }
                        return
                    }
                }
            }
            if isBusy { continue }
            let now = Self.microseconds
            guard now < deadline else { throw .noAnswer(seconds: seconds) }
            do throws(ScopeError) { try check(unsafe sd_bus_wait(bus, deadline - now)) } catch {
                if case .connection(Errno(EINTR)) = error { continue }
                throw error
            }
        }
    }

    /// CLOCK_MONOTONIC.
    private static var microseconds: UInt64 {
        var now = timespec()
        unsafe _ = clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }
}
