internal import CLinux

#if !BERTH_STATIC
    extension Accounts {
        /// A user with the groups that a login would give them.
        package struct Member: Sendable {
            package let name: [UInt8]
            package let credentials: Credentials

            package init(name: [UInt8], credentials: Credentials) {
                self.name = name
                self.credentials = credentials
            }

            fileprivate init(_ account: Account) {
                name = account.name
                credentials = Credentials(user: account.user, groups: Accounts.groups(of: account))
            }
        }

        package static func member(named name: [UInt8]) throws(Errno) -> Member? {
            guard let account = try account(named: name) else { return nil }
            return Member(account)
        }

        package static func member(of user: UserID) throws(Errno) -> Member? {
            guard let account = try account(of: user) else { return nil }
            return Member(account)
        }

        /// The names of a group's members: those in its entry (getgrgid_r(3)), and users whose
        /// primary group it is (getpwent(3)). Sources that do not enumerate users, such as many
        /// directory servers, omit the latter.
        /// - Parameter group: its name, or its ID if no group has that name.
        /// - Returns: `nil` if no source knows the group.
        package static func members(of group: [UInt8]) throws(Errno) -> [[UInt8]]? {
            var number = try self.group(named: group)
            if number == nil, let digits = decimal(group[...], upTo: UInt64(UInt32.max)) {
                number = GroupID(UInt32(digits))
            }
            guard let number else { return nil }
            var names = try listed(in: number)
            setpwent()
            defer { endpwent() }
            while let entry = unsafe getpwent() {
                guard unsafe entry.pointee.pw_gid == number.number,
                    let name = unsafe bytes(entry.pointee.pw_name), !names.contains(name)
                else { continue }
                names.append(name)
            }
            return names
        }

        private static func listed(in group: GroupID) throws(Errno) -> [[UInt8]] {
            var entry = unsafe CLinux.group()
            var names: [[UInt8]] = []
            _ = try unsafe lookUp { buffer, size, _ throws(Errno) in
                var result: UnsafeMutablePointer<CLinux.group>?
                let code = unsafe getgrgid_r(group.number, &entry, buffer, size, &result)
                if let found = unsafe result, var next = unsafe found.pointee.gr_mem {
                    while let name = unsafe bytes(next.pointee) {
                        names.append(name)
                        unsafe next += 1
                    }
                }
                return code
            }
            return names
        }
    }
#endif
