internal import CLinux

#if !BERTH_STATIC
    /// A user account, as in passwd(5).
    package struct Account: Equatable, Sendable {
        package let name: [UInt8]
        package let user: UserID
        package let group: GroupID
        package let home: [UInt8]

        package init(name: [UInt8], user: UserID, group: GroupID, home: [UInt8]) {
            self.name = name
            self.user = user
            self.group = group
            self.home = home
        }
    }

    extension Accounts {
        /// - Returns: `nil` if no source knows the name.
        package static func account(named name: [UInt8]) throws(Errno) -> Account? {
            try unsafe account { entry, buffer, size, result throws(Errno) in
                unsafe withCString(name) {
                    unsafe getpwnam_r($0, &entry, buffer, size, &result)
                }
            }
        }

        package static func account(of user: UserID) throws(Errno) -> Account? {
            try unsafe account { entry, buffer, size, result throws(Errno) in
                unsafe getpwuid_r(user.number, &entry, buffer, size, &result)
            }
        }

        private static func account(
            _ query: (
                inout passwd, UnsafeMutablePointer<CChar>, Int, inout UnsafeMutablePointer<passwd>?
            ) throws(Errno) -> Int32
        ) throws(Errno) -> Account? {
            var entry = unsafe passwd()
            var account: Account?
            _ = try unsafe lookUp { buffer, size, _ throws(Errno) in
                var result: UnsafeMutablePointer<passwd>?
                let code = try unsafe query(&entry, buffer, size, &result)
                if let found = unsafe result {
                    unsafe account = Account(
                        name: bytes(found.pointee.pw_name) ?? [],
                        user: UserID(found.pointee.pw_uid),
                        group: GroupID(found.pointee.pw_gid),
                        home: bytes(found.pointee.pw_dir) ?? [])
                }
                return code
            }
            return account
        }

        /// The groups that a login gives the account, as by initgroups(3) (getgrouplist(3)), the
        /// primary group first. For the groups of the caller, see ``OwnerMatcher``.
        package static func groups(of account: Account) -> [GroupID] {
            var count: Int32 = 64
            var numbers = [gid_t](repeating: 0, count: Int(count))
            var filled = unsafe withCString(account.name) {
                unsafe getgrouplist($0, account.group.number, &numbers, &count)
            }
            if filled == -1 {
                numbers = [gid_t](repeating: 0, count: Int(max(count, 64)))
                filled = unsafe withCString(account.name) {
                    unsafe getgrouplist($0, account.group.number, &numbers, &count)
                }
            }
            let all = numbers.prefix(Int(max(filled, 0))).map { GroupID($0) }
            return [account.group] + all.filter { $0 != account.group }
        }
    }
#endif
