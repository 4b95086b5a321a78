internal import CLinux

/// A timer (timer_create(2)) with which a process limits how long it holds a lock that others wait
/// for. When the timer expires, the kernel kills the process (SIGKILL), even if its user has
/// stopped it or frozen its cgroup.
///
/// A process that gets no processor time, or is in a frozen cgroup of version 1, ends only once
/// that changes.
struct KillTimer {
    private let number: Int32

    init() throws(Errno) { number = try call { linux_kill_timer_create() } }

    /// Starts the timer, or starts it again (timer_settime(2)).
    func set(seconds: Int32) throws(Errno) { try call { linux_kill_timer_set(number, seconds) } }

    /// timer_delete(2).
    func delete() { _ = linux_kill_timer_delete(number) }
}
