internal import CLinux

/// A user's number, never mistaken for a group's or a process's.
package struct UserID: Equatable, Sendable {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
    package static let root = UserID(0)
}

/// A group's number.
package struct GroupID: Equatable, Sendable {
    package let number: UInt32
    package init(_ number: UInt32) { self.number = number }
}

/// A process's number, as somebody wrote it: whether there is such a process is another question.
package struct ProcessID: Equatable, Sendable {
    package let number: Int32

    /// - Parameter digits: decimal digits of a number from 1 to 2³¹-1; nothing else passes.
    package init?(digits: [UInt8]) {
        guard let number = decimal(digits[...], upTo: UInt64(Int32.max)), number > 0 else {
            return nil
        }
        self.number = Int32(number)
    }

    package init(_ number: Int32) { self.number = number }
}

/// Who started this process: the identity that remains when the setuid bit is taken away.
package struct Credentials: Equatable, Sendable {
    package let user: UserID
    /// The real group first, then the supplementary ones.
    package let groups: [GroupID]

    package init(user: UserID, groups: [GroupID]) {
        self.user = user
        self.groups = groups
    }

    /// The groups of this process, and the user whose it is.
    package static func withGroupsOfThisProcess(_ user: UserID) throws(Errno) -> Credentials {
        // 65,536 at most (NGROUPS_MAX): most people's fit at once.
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

/// The three user IDs of this process.
struct UserIDs: Equatable {
    let real: UserID
    let effective: UserID
    let saved: UserID

    /// As the kernel had them when it started this program.
    static var atStart: UserIDs {
        let effective = UserID(UInt32(truncatingIfNeeded: getauxval(UInt(AT_EUID))))
        return UserIDs(
            real: UserID(UInt32(truncatingIfNeeded: getauxval(UInt(AT_UID)))), effective: effective,
            saved: effective)
    }

    static func ofThisProcess() throws(Errno) -> UserIDs {
        var ids: (uid_t, uid_t, uid_t) = (0, 0, 0)
        try call { unsafe getresuid(&ids.0, &ids.1, &ids.2) }
        return UserIDs(real: UserID(ids.0), effective: UserID(ids.1), saved: UserID(ids.2))
    }
}

/// The number that decimal digits and nothing else spell.
package func decimal(_ digits: ArraySlice<UInt8>, upTo limit: UInt64) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 20 else { return nil }
    var number: UInt64 = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - 0x30))
        guard !overflow, !carry, sum <= limit else { return nil }
        number = sum
    }
    return number
}
