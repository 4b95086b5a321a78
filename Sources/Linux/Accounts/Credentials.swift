internal import CLinux

package struct UserID: Equatable, Sendable {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
    package static let root = UserID(0)
}

package struct GroupID: Equatable, Sendable {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
}

/// The real user and groups of a process, which a setuid or setgid bit does not change.
package struct Credentials: Equatable, Sendable {
    package let user: UserID
    /// The real group first, then the supplementary ones.
    package let groups: [GroupID]
    /// What the account files say about the caller of a program that is linked without NSS.
    package var accounts: CallerAccounts?

    package init(user: UserID, groups: [GroupID]) {
        self.user = user
        self.groups = groups
    }

    /// The real group; if the groups are unknown, the group with the same ID as the user.
    package var group: GroupID { groups.first ?? GroupID(user.number) }

    /// The user with the groups of this process (getgid(2), getgroups(2)).
    package static func withGroupsOfThisProcess(_ user: UserID) throws(Errno) -> Credentials {
        // There can be 65,536 (NGROUPS_MAX), but for most users the first call suffices.
        var supplementary = [gid_t](repeating: 0, count: 64)
        var filled = unsafe getgroups(64, &supplementary)
        if filled == -1 {
            supplementary = [gid_t](repeating: 0, count: 1 << 16)
            filled = try call { unsafe getgroups(1 << 16, &supplementary) }
        }
        let groups =
            [gid_t(truncatingIfNeeded: getauxval(UInt(AT_GID)))] + supplementary.prefix(Int(filled))
        return Credentials(user: user, groups: groups.map { GroupID($0) })
    }
}

/// The three user IDs of this process (getresuid(2)).
struct UserIDs: Equatable {
    let real: UserID
    let effective: UserID
    let saved: UserID

    /// The IDs with which the kernel started this program (AT_UID and AT_EUID in getauxval(3)).
    static var atStart: UserIDs {
        let effective = UserID(UInt32(truncatingIfNeeded: getauxval(UInt(AT_EUID))))
        return UserIDs(
            real: UserID(UInt32(truncatingIfNeeded: getauxval(UInt(AT_UID)))), effective: effective,
            saved: effective)
    }

    static func ofThisProcess() throws(Errno) -> UserIDs {
        var ids: (uid_t, uid_t, uid_t) = (0, 0, 0)
        try call { unsafe linux_getresuid(&ids.0, &ids.1, &ids.2) }
        return UserIDs(real: UserID(ids.0), effective: UserID(ids.1), saved: UserID(ids.2))
    }
}

/// The real user of this process (getuid(2)).
package var ownUser: UserID { UserID(getuid()) }

package var isRoot: Bool { geteuid() == 0 }
