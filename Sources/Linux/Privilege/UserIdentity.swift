internal import CLinux

/// Irrevocably gives this process the identity of a user, and no privileges.
package enum UserIdentity {
    /// If this process runs as root, it becomes that user with these groups (setgroups(2),
    /// setresgid(2), setresuid(2)). Otherwise it must already run as that user, and keeps its
    /// groups. Afterwards the process has no capability, no controlling terminal and no descriptor
    /// above 2, and cannot gain privileges (PR_SET_NO_NEW_PRIVS), start processes (RLIMIT_NPROC) or
    /// write files (RLIMIT_FSIZE).
    ///
    /// Must be called before this process has a second thread.
    /// - Parameter groups: all groups, including the primary one.
    /// - Parameter seconds: how much processor time the process may use from then on.
    package static func irrevocablyBecome(
        _ user: UserID, _ group: GroupID, groups: [GroupID], processorSeconds seconds: UInt
    ) throws(Errno) {
        try call { linux_close_range_from(3, 0) }
        try call { unsafe chdir("/") }
        // A process of the user must not be able to type into the terminal of root (TIOCSTI).
        // setsid(2) fails for a process group leader. This process is one only if it was started
        // from a shell, and not as a child of this program.
        _ = setsid()
        let wasRoot = geteuid() == 0
        if wasRoot {
            try call { unsafe setgroups(groups.count, groups.map { $0.number }) }
            try call { linux_setresgid(group.number, group.number, group.number) }
            try call { linux_setresuid(user.number, user.number, user.number) }
        }
        // Otherwise the user could get the memory of this process as a core file: after
        // setresuid(2), fs.suid_dumpable decides (see PR_SET_DUMPABLE in prctl(2)).
        try limit(linux_RLIMIT_CORE, to: 0)
        try limit(linux_RLIMIT_FSIZE, to: 0)
        try limit(linux_RLIMIT_NPROC, to: 0)
        try limit(linux_RLIMIT_NOFILE, to: 64)
        try limit(linux_RLIMIT_CPU, to: seconds)
        try call { linux_prctl(PR_SET_NO_NEW_PRIVS, 1) }
        try call { linux_capset(0, 0) }
        try confirm(user, wasRoot ? group : nil)
        // The kernel clears the parent-death signal when the user ID changes, so this comes last.
        try call { linux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL)) }
    }

    private static func limit(_ resource: Int32, to value: UInt) throws(Errno) {
        var present = rlimit()
        try call { unsafe linux_getrlimit(resource, &present) }
        // Only root may raise a hard limit. A lower one limits this process even more.
        let value = min(rlim_t(value), present.rlim_max)
        var limit = rlimit(rlim_cur: value, rlim_max: value)
        try call { unsafe linux_setrlimit(resource, &limit) }
    }

    /// Verifies that the kernel made all changes.
    /// - Parameter group: `nil` if the groups did not have to change.
    private static func confirm(_ user: UserID, _ group: GroupID?) throws(Errno) {
        if let group {
            var groups: (gid_t, gid_t, gid_t) = (0, 0, 0)
            try call { unsafe linux_getresgid(&groups.0, &groups.1, &groups.2) }
            guard groups == (group.number, group.number, group.number) else {
                throw .EPERM
            }
        }
        guard try UserIDs.ofThisProcess() == UserIDs(real: user, effective: user, saved: user),
            try Capabilities.ofThisProcess() == Capabilities()
        else { throw .EPERM }
    }
}
