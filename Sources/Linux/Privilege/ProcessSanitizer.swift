internal import CLinux

/// What a process inherits from whoever started it. A setuid program cannot know who that was, so
/// it makes all of it its own before it does anything else; the environment was emptied even
/// earlier, before any library looked (see CSecureStart).
package enum ProcessSanitizer {
    /// - Parameter keepsDescriptors: whether what was given besides the standard descriptors stays open,
    ///   here and not in programs that are started: a supervisor may give a service one to speak by.
    package static func sanitize(keepsDescriptors: Bool = false) throws(Errno) {
        raiseLimits()
        let spare = try fillStandardDescriptors(keepingThem: true)
        if keepsDescriptors {
            closeDescriptor(spare)
            try call { linux_close_from_at_exec(3) }
        } else {
            try call { linux_close_from(3) }
        }
        try call { linux_reset_signals() }
        _ = umask(0o022)
        try call { unsafe chdir("/") }
    }

    /// A file opened while 0, 1 or 2 is closed would get that number, and what is meant for a
    /// reader would be written into it.
    /// - Parameter keepingThem: as exec finds them; otherwise what was closed is closed again there.
    package static func openStandardDescriptors(keepingThem: Bool) throws(Errno) {
        closeDescriptor(try fillStandardDescriptors(keepingThem: keepingThem))
    }

    /// - Returns: the first that is none of the three, open for nothing.
    private static func fillStandardDescriptors(keepingThem: Bool) throws(Errno) -> Int32 {
        var number: Int32 = -1
        while number <= STDERR_FILENO {
            number = try call { unsafe linux_open("/dev/null", O_RDWR, 0) }
            if keepingThem, number <= STDERR_FILENO { try call { linux_keep_on_exec(number) } }
            // Closed again by exec, and not by this: what is opened meanwhile needs another number.
        }
        return number
    }

    /// Runs the body with the umask that most people have; the caller's own is back afterwards.
    package static func withDefaultUmask<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let callers = umask(0o022)
        defer { _ = umask(callers) }
        return try body()
    }

    /// First of all, and without memory: a caller must not choose the moment at which this program
    /// fails. Root may raise hard limits; where a sandbox forbids even that, the call that meets
    /// the limit reports it. Limits on processes and on core files are not among these: root's
    /// processes are not counted, and the kernel writes no core of a setuid program.
    private static func raiseLimits() {
        let none = rlim_t.max  // RLIM_INFINITY
        linux_set_limit(linux_RLIMIT_DATA, none)
        linux_set_limit(linux_RLIMIT_AS, none)
        linux_set_limit(linux_RLIMIT_CPU, none)
        linux_set_limit(linux_RLIMIT_FSIZE, none)
        linux_set_limit(linux_RLIMIT_NOFILE, 1024)
        linux_set_limit(linux_RLIMIT_STACK, 8 << 20)
    }
}
