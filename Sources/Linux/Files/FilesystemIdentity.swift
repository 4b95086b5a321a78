internal import CLinux

/// As whom this process makes and opens files: see setfsuid(2). A service of root's makes what is to be a
/// user's own under his identity, so that the kernel judges it as the user's doing; and unlike a change of
/// the other identities, this one gives the user no say over the process.
package enum FilesystemIdentity {
    /// Runs the body as that owner of files. To be used by one thread alone: the kernel keeps the owner per
    /// thread. Should the way back fail, the program ends there.
    package static func acting<Result: ~Copyable, Failure: Error>(
        as user: UserID, _ group: GroupID, insteadOf former: (UserID, GroupID) = (.root, .root),
        refused: (Errno) -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(Errno) { try become(user, group) } catch {
            returnOrLeave(to: former)
            throw refused(error)
        }
        defer { returnOrLeave(to: former) }
        return try body()
    }

    private static func become(_ user: UserID, _ group: GroupID) throws(Errno) {
        try call { linux_set_file_owner(user.number, group.number) }
    }

    private static func returnOrLeave(to former: (UserID, GroupID)) {
        do { try become(former.0, former.1) } catch { leave(false) }
    }
}

extension GroupID {
    package static let root = GroupID(0)
}
