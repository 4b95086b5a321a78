package import Cgroups
internal import Linux

/// The cgroup of an elogind session: its number, `3`, or `c3` if the kernel's audit subsystem
/// assigned none. In Debian since elogind 255 it has the path that systemd would use:
/// `user.slice/user-1000.slice/session-3.scope`.
package enum SessionCgroup {
    /// - Returns: the number of path components of the session's cgroup that contains the path;
    ///   `nil` if the path is in no session.
    package static func depth(of path: CgroupPath) -> Int? {
        let names = path.names
        guard let first = names.first else { return nil }
        if isSession(first[...]) { return 1 }
        guard names.count >= 3, first.elementsEqual("user.slice".utf8),
            let user = names[1].between("user-", ".slice"), isNumber(user),
            let session = names[2].between("session-", Systemd.scopeSuffix), isSession(session)
        else { return nil }
        return 3
    }

    private static func isSession(_ name: ArraySlice<UInt8>) -> Bool {
        isNumber(name.first == 0x63 ? name.dropFirst() : name)
    }

    private static func isNumber(_ digits: ArraySlice<UInt8>) -> Bool {
        decimal(digits, upTo: UInt64(UInt32.max)) != nil
    }
}
