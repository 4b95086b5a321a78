internal import CLinux

/// The user and group with which this process creates and opens files: see setfsuid(2).
///
/// A root service creates a user's files with that user's filesystem identity: the kernel checks
/// the user's permissions, but the user cannot signal or trace the process.
package enum FilesystemIdentity {
    /// Runs the body with that filesystem identity (setfsuid(2), setfsgid(2)). The identity belongs
    /// to a thread, so the process must have only one. If the former identity cannot be restored,
    /// the program exits.
    package static func acting<Result: ~Copyable, Failure: Error>(
        as user: UserID, _ group: GroupID, insteadOf former: (UserID, GroupID) = (.root, .root),
        refused: (Errno) -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(Errno) { try become(user, group) } catch {
            returnOrExit(to: former)
            throw refused(error)
        }
        defer { returnOrExit(to: former) }
        return try body()
    }

    private static func become(_ user: UserID, _ group: GroupID) throws(Errno) {
        try call { linux_setfsids(user.number, group.number) }
    }

    private static func returnOrExit(to former: (UserID, GroupID)) {
        do { try become(former.0, former.1) } catch { exitProcess(status: 1) }
    }
}

extension GroupID {
    package static let root = GroupID(0)
}
