internal import CLinux

/// The power that the setuid bit gave to this process.
///
/// Having this value is having the power; every way to lower it consumes it, so that code which
/// runs afterwards cannot even name what would need root. At most CAP_NET_ADMIN stays: enough to make
/// a NIC and to attach it, and not enough to read a file that the caller could not read.
package struct RootPrivilege: ~Copyable {
    /// Who started this process.
    package let caller: Credentials

    package enum AcquisitionError: Error {
        /// Installed without the setuid bit, or on a file system mounted nosuid, or started by a
        /// process that may gain no privileges.
        case notSetuid
        case unknown(Errno)
    }

    package static func ofThisProcess() throws(AcquisitionError) -> RootPrivilege {
        do throws(Errno) {
            let ids = UserIDs.atStart
            guard ids.effective == .root else { throw .notPermitted }
            return RootPrivilege(caller: try .withGroupsOfThisProcess(ids.real))
        } catch {
            throw error == .notPermitted ? .notSetuid : .unknown(error)
        }
    }

    /// For a program that ends: makes whatever is left of the power the caller's, wherever it was lost.
    package static func dropAll() -> Bool {
        let ids = UserIDs.atStart
        guard ids.effective != ids.real else { return true }
        let user = ids.real
        do throws(Errno) {
            try call { setresuid(user.number, user.number, user.number) }
            try confirm(UserIDs(real: user, effective: user, saved: user))
            if user != .root { try call { linux_set_capabilities(0, 0) } }
            return true
        } catch { return false }
    }

    /// The caller's identity and CAP_NET_ADMIN, with no way back.
    package consuming func irrevocablyBecomeCaller() throws(Errno) {
        let user = caller.user.number
        try call { linux_prctl(PR_SET_KEEPCAPS, 1) }
        try call { setresuid(user, user, user) }
        // Also closes the one door left open: exec of another setuid program.
        try call { linux_prctl(PR_SET_NO_NEW_PRIVS, 1) }
        try keepOnlyNetAdmin()
        try confirm(UserIDs(real: caller.user, effective: caller.user, saved: caller.user))
    }

    /// The caller's identity and CAP_NET_ADMIN, with root kept aside for what is run through the
    /// ``LentRoot`` that this returns.
    package consuming func dropToNetAdminAndSavedRoot() throws(Errno) -> SavedRoot {
        let user = caller.user.number
        // The caller's groups were noted; what root will run has no use for them.
        try call { setgroups(0, nil) }
        try call { setresuid(user, user, 0) }
        try keepOnlyNetAdmin()
        try confirm(UserIDs(real: caller.user, effective: caller.user, saved: .root))
        return SavedRoot(user: user, keepsNetAdmin: true)
    }

    /// The caller's identity, his groups as well, and no capability; root kept aside for what is run
    /// through the ``LentRoot`` that this returns.
    package consuming func dropToSavedRoot() throws(Errno) -> SavedRoot {
        let user = caller.user.number
        // The kernel takes the effective capabilities away together with the effective user, unless
        // a privileged ancestor asked it not to: see SECBIT_NO_SETUID_FIXUP in capabilities(7).
        try call { setresuid(user, user, 0) }
        try confirm(UserIDs(real: caller.user, effective: caller.user, saved: .root))
        guard caller.user == .root || linux_capabilities_are_none(1) == 1 else {
            throw .notPermitted
        }
        return SavedRoot(user: user, keepsNetAdmin: false)
    }
}

/// Root, for the length of one body at a time.
package struct SavedRoot: ~Copyable {
    fileprivate let user: UInt32
    fileprivate let keepsNetAdmin: Bool

    /// Runs the body as root and then the rest as the caller again, whatever the body did. Should
    /// the way back fail, the program ends there: going on as root would be worse than any error.
    package borrowing func asRoot<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The caller's number is kept as the saved one: the way back then needs no capability.
        becomeOrLeave(0, 0, user)
        defer {
            becomeOrLeave(user, user, 0)
            if keepsNetAdmin {
                do { try keepOnlyNetAdmin() } catch { leave(false) }
            }
        }
        return try body()
    }

    /// The caller for good: nothing that comes after can be root again.
    package consuming func dropPermanently() throws(Errno) {
        let user = user
        try call { setresuid(user, user, user) }
        let caller = UserID(user)
        try confirm(UserIDs(real: caller, effective: caller, saved: caller))
        // No identity is root's any more, so the kernel has taken every capability away.
        guard caller == .root || linux_capabilities_are_none(0) == 1 else { throw .notPermitted }
    }

    private func becomeOrLeave(_ real: UInt32, _ effective: UInt32, _ saved: UInt32) {
        do { try call { setresuid(real, effective, saved) } } catch { leave(false) }
    }
}

private let netAdmin: UInt32 = 1 << UInt32(CAP_NET_ADMIN)

private func keepOnlyNetAdmin() throws(Errno) {
    try call { linux_set_capabilities(netAdmin, netAdmin) }
}

/// The kernel's own word that it happened: a dropped privilege is worth one more system call.
private func confirm(_ wanted: UserIDs) throws(Errno) {
    guard try UserIDs.ofThisProcess() == wanted else { throw .notPermitted }
}
