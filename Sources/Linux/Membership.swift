internal import CLinux

extension Accounts {
    /// A user as a login makes him: with the groups of his account.
    package struct Account: Sendable {
        package let name: [UInt8]
        package let person: Caller

        package init(name: [UInt8], person: Caller) {
            self.name = name
            self.person = person
        }
    }

    /// - Returns: `nil` if no source knows the name.
    package static func account(named name: [UInt8]) throws(Errno) -> Account? {
        var entry = unsafe passwd()
        return try unsafe account { buffer, size, account throws(Errno) in
            var result: UnsafeMutablePointer<passwd>?
            let code = unsafe withCString(name) {
                unsafe getpwnam_r($0, &entry, buffer, size, &result)
            }
            if let result = unsafe result { unsafe account = withGroups(result) }
            return code
        }
    }

    /// - Returns: `nil` if no source knows the number.
    package static func account(of user: UserID) throws(Errno) -> Account? {
        var entry = unsafe passwd()
        return try unsafe account { buffer, size, account throws(Errno) in
            var result: UnsafeMutablePointer<passwd>?
            let code = unsafe getpwuid_r(user.number, &entry, buffer, size, &result)
            if let result = unsafe result { unsafe account = withGroups(result) }
            return code
        }
    }

    private static func account(
        _ query: (UnsafeMutablePointer<CChar>, Int, inout Account?) throws(Errno) -> Int32
    ) throws(Errno) -> Account? {
        var account: Account?
        _ = try unsafe lookUp { buffer, size, _ throws(Errno) in
            try unsafe query(buffer, size, &account)
        }
        return account
    }

    /// The real group first, as ``Caller`` has them.
    private static func withGroups(_ entry: UnsafeMutablePointer<passwd>) -> Account? {
        guard let name = unsafe entry.pointee.pw_name else { return nil }
        let user = unsafe UserID(entry.pointee.pw_uid)
        let first = unsafe entry.pointee.pw_gid
        // 65,536 at most (NGROUPS_MAX): most people's fit at once.
        var groups = [gid_t](repeating: 0, count: 64)
        var count = Int32(groups.count)
        if unsafe getgrouplist(name, first, &groups, &count) == -1 {
            groups = [gid_t](repeating: 0, count: 1 << 16)
            count = Int32(groups.count)
            if unsafe getgrouplist(name, first, &groups, &count) == -1 { count = 0 }
        }
        let others = groups.prefix(Int(max(0, count))).filter { $0 != first }
        return unsafe Account(
            name: bytes(name) ?? [],
            person: Caller(user: user, groups: ([first] + others).map { GroupID($0) }))
    }
}
