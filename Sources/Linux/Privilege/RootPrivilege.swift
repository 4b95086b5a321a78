internal import CLinux

/// Root's privileges, as the setuid bit gave them to this process. Each privilege drop uses
/// setresuid(2) and capset(2).
///
/// A function that needs them takes this value. Each function that drops them consumes it, so that
/// later code cannot call a function that needs root. Least privilege: at most CAP_NET_ADMIN stays
/// in effect, enough to create and attach a NIC, but not to read what the caller cannot read.
package struct RootPrivilege: ~Copyable {
    /// The user who started this process.
    package private(set) var caller: Credentials

    package enum AcquisitionError: Error {
        /// No setuid bit, a file system mounted nosuid, or a parent with no_new_privs.
        case notSetuid
        case unknown(Errno)
    }

    package static func ofThisProcess() throws(AcquisitionError) -> RootPrivilege {
        do throws(Errno) {
            let ids = UserIDs.atStart
            guard ids.effective == .root else { throw .EPERM }
            return RootPrivilege(caller: try .withGroupsOfThisProcess(ids.real))
        } catch {
            throw error == .EPERM ? .notSetuid : .unknown(error)
        }
    }

    /// Records what the account files say about the caller, or executes the program that uses NSS:
    /// see ``NSSProgram``.
    package mutating func readAccounts(
        of program: String, namedIn policies: [String],
        _ command: () -> (words: [[UInt8]], environment: [[UInt8]])
    ) throws(NSSProgram.ExecutionError) {
        caller.accounts = try NSSProgram.accountsOrExecute(
            program, for: caller, namedIn: policies, command)
    }

    /// Drops all privileges that this process still has (setresuid(2), capset(2)). A program does
    /// so before it reports an error.
    /// - Returns: whether they were dropped.
    package static func dropAll() -> Bool {
        let ids = UserIDs.atStart
        guard ids.effective != ids.real else { return true }
        let user = ids.real
        do throws(Errno) {
            try call { linux_setresuid(user.number, user.number, user.number) }
            try confirm(UserIDs(real: user, effective: user, saved: user))
            if user != .root { try call { linux_capset(0, 0) } }
            return true
        } catch { return false }
    }

    /// Becomes the caller with CAP_NET_ADMIN, irrevocably (setresuid(2), PR_SET_KEEPCAPS,
    /// PR_SET_NO_NEW_PRIVS).
    package consuming func irrevocablyBecomeCaller() throws(Errno) {
        let user = caller.user.number
        try call { linux_prctl(PR_SET_KEEPCAPS, 1) }
        try call { linux_setresuid(user, user, user) }
        // The process could otherwise regain root by executing a setuid program.
        try call { linux_prctl(PR_SET_NO_NEW_PRIVS, 1) }
        try keepOnlyNetAdmin()
        try confirm(UserIDs(real: caller.user, effective: caller.user, saved: caller.user))
    }

    /// Becomes the caller with CAP_NET_ADMIN and without supplementary groups (setgroups(2),
    /// setresgid(2), setresuid(2)). The returned ``SavedRoot`` can become root, with the group of
    /// root.
    package consuming func dropToNetAdminAndSavedRoot() throws(Errno) -> SavedRoot {
        let user = caller.user.number
        let group = caller.groups.first ?? GroupID(getgid())
        // The caller's groups were recorded; programs that run as root must not have them.
        try call { setgroups(0, nil) }
        try call { linux_setresgid(group.number, group.number, 0) }
        try call { linux_setresuid(user, user, 0) }
        try keepOnlyNetAdmin()
        try confirm(UserIDs(real: caller.user, effective: caller.user, saved: .root))
        return SavedRoot(user: user, group: group, keepsNetAdmin: true)
    }

    /// Becomes the caller (setresuid(2)) with the caller's groups and without capabilities. The
    /// returned ``SavedRoot`` can become root.
    package consuming func dropToSavedRoot() throws(Errno) -> SavedRoot {
        let user = caller.user.number
        // When the effective user changes, the kernel clears the effective capabilities, unless a
        // privileged ancestor set SECBIT_NO_SETUID_FIXUP: see capabilities(7).
        try call { linux_setresuid(user, user, 0) }
        try confirm(UserIDs(real: caller.user, effective: caller.user, saved: .root))
        if caller.user != .root {
            guard try Capabilities.ofThisProcess().effective == 0 else { throw .EPERM }
        }
        return SavedRoot(user: user, group: nil, keepsNetAdmin: false)
    }
}

/// Root, kept as the saved user ID, not by CAP_SETUID. The process becomes root only while
/// ``asRoot(_:)`` or ``accessingFilesAsRoot(_:)`` runs a closure.
package struct SavedRoot: ~Copyable {
    fileprivate let user: UInt32
    /// The caller's group, if the saved group ID is root's, as the saved user ID is; `nil` if the
    /// group IDs stay as they are.
    fileprivate let group: GroupID?
    fileprivate let keepsNetAdmin: Bool

    /// Runs the body as root, and becomes the caller again even if the body throws. If that fails,
    /// the program exits: continuing as root would be worse than any error.
    package borrowing func asRoot<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // With the caller as the saved user ID, becoming the caller again needs no capability.
        becomeOrExit(0, 0, user)
        if let group { joinOrExit(0, group.number) }
        defer {
            if let group { joinOrExit(group.number, 0) }
            becomeOrExit(user, user, 0)
            if keepsNetAdmin {
                do { try keepOnlyNetAdmin() } catch { exitProcess(status: 1) }
            }
        }
        return try body()
    }

    /// Runs the body as the caller with root's filesystem user ID, and so with root's permissions
    /// on files (setfsuid(2)). Unlike in ``asRoot(_:)``, the caller cannot stop this process with
    /// kill(2), because neither its real nor its saved user ID is the caller's; and the signals of
    /// the terminal are blocked. But a virtual console can stop it (VT_PROCESS, see
    /// ioctl_console(2)), and the caller's other processes can leave it no processor time.
    package borrowing func accessingFilesAsRoot<Failure: Error>(
        _ body: () throws(Failure) -> Void
    ) throws(Failure) {
        var all = sigset_t()
        var former = sigset_t()
        _ = unsafe sigfillset(&all)
        _ = unsafe sigprocmask(SIG_BLOCK, &all, &former)
        becomeOrExit(0, user, 0)
        setFilesystemUserOrExit(0)
        defer {
            setFilesystemUserOrExit(user)
            becomeOrExit(user, user, 0)
            _ = unsafe sigprocmask(SIG_SETMASK, &former, nil)
        }
        try body()
    }

    /// Becomes the caller irrevocably: the real, effective and saved user ID (setresuid(2)).
    package consuming func dropPermanently() throws(Errno) {
        let user = user
        try call { linux_setresuid(user, user, user) }
        let caller = UserID(user)
        try confirm(UserIDs(real: caller, effective: caller, saved: caller))
        // Because no user ID is that of root any longer, the kernel has cleared the permitted and
        // effective capabilities.
        if caller != .root {
            guard try Capabilities.ofThisProcess() == Capabilities() else { throw .EPERM }
        }
    }

    private func joinOrExit(_ group: UInt32, _ saved: UInt32) {
        do { try call { linux_setresgid(group, group, saved) } } catch { exitProcess(status: 1) }
    }

    private func setFilesystemUserOrExit(_ user: UInt32) {
        do { try call { linux_setfsuid(user) } } catch { exitProcess(status: 1) }
    }

    private func becomeOrExit(_ real: UInt32, _ effective: UInt32, _ saved: UInt32) {
        do { try call { linux_setresuid(real, effective, saved) } } catch { exitProcess(status: 1) }
    }
}

/// Asks the kernel whether the change happened, at the cost of one more system call.
private func confirm(_ expected: UserIDs) throws(Errno) {
    guard try UserIDs.ofThisProcess() == expected else { throw .EPERM }
}
