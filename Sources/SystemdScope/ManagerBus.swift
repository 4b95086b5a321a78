internal import CSystemd
internal import Linux

/// A D-Bus connection (sd-bus(3)) to a user's systemd manager.
///
/// It uses the manager's private socket, as `systemd-run --user --scope` does. This requires no
/// D-Bus daemon and no subscription to signals, and saves two round trips. libsystemd authenticates
/// with SASL's EXTERNAL, by the user ID of this process.
@safe struct ManagerBus: ~Copyable {
    let bus: OpaquePointer

    deinit { unsafe sd_bus_flush_close_unref(bus) }

    private init(_ bus: OpaquePointer) { unsafe self.bus = unsafe bus }

    /// - Parameter socket: a path without the characters that a D-Bus address escapes.
    static func connect(to socket: String) throws(ScopeError) -> ManagerBus {
        var new: OpaquePointer?
        try check(unsafe sd_bus_new(&new))
        guard let bus = unsafe new else { throw .connection(.ENOMEM) }
        let manager = unsafe ManagerBus(bus)
        try check(unsafe sd_bus_set_address(bus, "unix:path=\(socket)"))
        try check(unsafe sd_bus_start(bus))
        return manager
    }

    static var interface: String { "org.freedesktop.systemd1.Manager" }

    /// Waits for the signal JobRemoved, which the manager sends when a job has ended.
    /// - Parameter job: the object path of the job.
    borrowing func wait(for job: [UInt8], within seconds: UInt64) throws(ScopeError) {
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
