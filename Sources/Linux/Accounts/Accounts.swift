internal import CLinux

#if BERTH_STATIC
    /// Without NSS, ``CallerAccounts`` has answered everything already. A file that changed since
    /// then is not read again.
    package enum Accounts {
        static func name(of user: UserID) throws(Errno) -> [UInt8]? { throw .EOPNOTSUPP }
        static func user(named name: [UInt8]) throws(Errno) -> UserID? { throw .EOPNOTSUPP }
        static func name(of group: GroupID) throws(Errno) -> [UInt8]? { throw .EOPNOTSUPP }
        static func group(named name: [UInt8]) throws(Errno) -> GroupID? { throw .EOPNOTSUPP }
    }
#else
    /// The users and groups of this host, from all sources in nsswitch.conf(5): getpwuid_r(3),
    /// getpwnam_r(3), getgrgid_r(3), getgrnam_r(3). `nil` means that no source knows the name or
    /// ID.
    ///
    /// Names are bytes: neither the kernel nor NSS guarantees UTF-8, and Swift compares two Unicode
    /// encodings of a letter as equal, although they can be the names of two accounts.
    package enum Accounts {
        /// - Throws: the error of a source, such as sssd, if the directory server does not answer.
        package static func name(of user: UserID) throws(Errno) -> [UInt8]? {
            var entry = unsafe passwd()
            return try unsafe lookUp { buffer, size, found throws(Errno) in
                var result: UnsafeMutablePointer<passwd>?
                let code = unsafe getpwuid_r(user.number, &entry, buffer, size, &result)
                if let result = unsafe result { unsafe found = bytes(result.pointee.pw_name) }
                return code
            }
        }

        package static func user(named name: [UInt8]) throws(Errno) -> UserID? {
            var entry = unsafe passwd()
            var user: UserID?
            _ = try unsafe lookUp { buffer, size, _ throws(Errno) in
                var result: UnsafeMutablePointer<passwd>?
                let code = unsafe withCString(name) {
                    unsafe getpwnam_r($0, &entry, buffer, size, &result)
                }
                if let result = unsafe result { unsafe user = UserID(result.pointee.pw_uid) }
                return code
            }
            return user
        }

        package static func name(of group: GroupID) throws(Errno) -> [UInt8]? {
            var entry = unsafe CLinux.group()
            return try unsafe lookUp { buffer, size, found throws(Errno) in
                var result: UnsafeMutablePointer<CLinux.group>?
                let code = unsafe getgrgid_r(group.number, &entry, buffer, size, &result)
                if let result = unsafe result { unsafe found = bytes(result.pointee.gr_name) }
                return code
            }
        }

        package static func group(named name: [UInt8]) throws(Errno) -> GroupID? {
            var entry = unsafe CLinux.group()
            var group: GroupID?
            _ = try unsafe lookUp { buffer, size, _ throws(Errno) in
                var result: UnsafeMutablePointer<CLinux.group>?
                let code = unsafe withCString(name) {
                    unsafe getgrnam_r($0, &entry, buffer, size, &result)
                }
                if let result = unsafe result { unsafe group = GroupID(result.pointee.gr_gid) }
                return code
            }
            return group
        }

        typealias Query = (
            UnsafeMutablePointer<CChar>, Int, inout [UInt8]?
        ) throws(Errno) -> Int32

        /// Repeats the query with a larger buffer until the entry fits: groups can be large.
        static func lookUp(_ query: Query) throws(Errno) -> [UInt8]? {
            var size = 1024
            while true {
                var buffer = [CChar](repeating: 0, count: size)
                var found: [UInt8]?
                let code = try unsafe buffer.withUnsafeMutableBufferPointer {
                    (buffer) throws(Errno) in
                    try unsafe query(buffer.baseAddress.unsafelyUnwrapped, size, &found)
                }
                switch code {
                case 0: return found
                // Both mean that the entry does not exist: see ERRORS in getpwnam(3).
                case ENOENT, ESRCH: return nil
                case EINTR: continue
                case ERANGE where size < 64 << 20: size *= 4
                default: throw Errno(code)
                }
            }
        }

        static func bytes(_ string: UnsafeMutablePointer<CChar>?) -> [UInt8]? {
            guard let string = unsafe string else { return nil }
            return unsafe Array(
                UnsafeRawBufferPointer(start: string, count: strlen(string)))
        }
    }
#endif
