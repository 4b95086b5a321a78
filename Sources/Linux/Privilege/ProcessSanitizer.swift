internal import CLinux

/// Resets what a process inherits from its parent: limits, descriptors (standard input, output and
/// error, and with close_range(2) all others), signals, umask and working directory. A setuid
/// program does this first, because its caller controls all of these. CSecureStart has already
/// emptied the environment, before any library could read it.
package enum ProcessSanitizer {
    /// - Parameter keepsDescriptors: whether descriptors above 2 stay open in this process, though
    ///   not in those that it starts. A supervisor may pass one to a service.
    package static func sanitize(keepsDescriptors: Bool = false) throws(Errno) {
        raiseLimits()
        let spare = try fillStandardDescriptors(keepingThem: true)
        if keepsDescriptors {
            closeDescriptor(spare)
            try call { linux_close_range_from(3, UInt32(CLOSE_RANGE_CLOEXEC)) }
        } else {
            try call { linux_close_range_from(3, 0) }
        }
        try resetSignals()
        _ = umask(0o022)
        try call { unsafe chdir("/") }
    }

    /// Resets the scheduling policy, nice value and CPU affinity to their defaults
    /// (sched_setscheduler(2), setpriority(2), sched_setaffinity(2)). For a program that others
    /// wait for: its caller could otherwise prevent it from running, with busy processes of a
    /// higher priority.
    ///
    /// If the process has no capability that its user lacks, the user can change these again.
    /// Errors are ignored, because a sandbox may withhold CAP_SYS_NICE.
    package static func resetScheduling() { linux_reset_scheduling() }

    /// Opens /dev/null in place of closed standard descriptors (open(2) returns the lowest free
    /// number). Otherwise the next opened file would get such a number, and output would be written
    /// to it.
    /// - Parameter keepingThem: whether they stay open across exec. If not, a program that is
    ///   started finds them closed, as the caller left them.
    package static func openStandardDescriptors(keepingThem: Bool) throws(Errno) {
        closeDescriptor(try fillStandardDescriptors(keepingThem: keepingThem))
    }

    /// - Returns: the first descriptor above 2, open on /dev/null.
    private static func fillStandardDescriptors(keepingThem: Bool) throws(Errno) -> Int32 {
        var number: Int32 = -1
        while number <= STDERR_FILENO {
            number = try unsafe openDescriptor("/dev/null", O_RDWR)
            if keepingThem, number <= STDERR_FILENO {
                try call { linux_fcntl(number, F_SETFD, 0) }
            }
        }
        return number
    }

    /// A write that fails must return an error instead of killing the process between two steps:
    /// SIGPIPE and SIGXFSZ are blocked. All other signals are unblocked (sigprocmask(2)), because
    /// the caller may have blocked some, such as SIGALRM. A child must stay a zombie until it is
    /// waited for (sigaction(2)). exec resets handlers; other signals that the caller ignores may
    /// stay ignored.
    private static func resetSignals() throws(Errno) {
        try call { linux_block_only_write_signals() }
        try call { linux_default_signal(SIGCHLD) }
    }

    /// Runs the body with umask(2) 022, and restores the caller's umask.
    package static func withDefaultUmask<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let callers = umask(0o022)
        defer { _ = umask(callers) }
        return try body()
    }

    /// Raises resource limits (setrlimit(2)). Runs first and allocates nothing, so that the caller
    /// cannot use limits to choose where the program fails. Limits on processes and core files
    /// stay: root's processes are not counted, and the kernel writes no core of a setuid program.
    private static func raiseLimits() {
        let unlimited = rlim_t.max  // RLIM_INFINITY
        raise(linux_RLIMIT_DATA, to: unlimited)
        raise(linux_RLIMIT_AS, to: unlimited)
        raise(linux_RLIMIT_CPU, to: unlimited)
        raise(linux_RLIMIT_FSIZE, to: unlimited)
        raise(linux_RLIMIT_NOFILE, to: 1024)
        raise(linux_RLIMIT_STACK, to: 8 << 20)
        raisePendingSignals()
    }

    /// A timer (timer_create(2)) counts as a pending signal (RLIMIT_SIGPENDING). The hard limit is
    /// finite by default, and raising it requires CAP_SYS_RESOURCE, which a service under AppArmor
    /// neither has nor needs.
    private static func raisePendingSignals() {
        var limit = rlimit()
        guard unsafe linux_getrlimit(linux_RLIMIT_SIGPENDING, &limit) == 0 else { return }
        let wanted = max(limit.rlim_max, 1024)
        if limit.rlim_cur != wanted { raise(linux_RLIMIT_SIGPENDING, to: wanted) }
    }

    /// Sets the soft and the hard limit. If a sandbox forbids root to raise the hard limit, raises
    /// the soft limit as far as possible. If this fails, the call that exceeds the limit reports
    /// the error.
    private static func raise(_ resource: Int32, to value: rlim_t) {
        var limit = rlimit(rlim_cur: value, rlim_max: value)
        if unsafe linux_setrlimit(resource, &limit) == 0 { return }
        guard unsafe linux_getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, value)
        _ = unsafe linux_setrlimit(resource, &limit)
    }
}
