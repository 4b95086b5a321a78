package import Cgroups
internal import Linux

/// Where elogind puts a session: `3`, its own number for it, or `c3` where the kernel's audit gave none.
/// Debian's, since 255, goes where systemd would: `user.slice/user-1000.slice/session-3.scope`.
package enum SessionCgroup {
    /// - Returns: how many names lead to the session's own cgroup, in which the place is; `nil` if it is in
    ///   none.
    package static func depth(of place: CgroupPath) -> Int? {
        let names = place.names
        guard let first = names.first else { return nil }
        if isSession(first[...]) { return 1 }
        guard names.count >= 3, first.elementsEqual("user.slice".utf8),
            let user = names[1].between("user-", ".slice"), isNumber(user),
            let session = names[2].between("session-", Systemd.scopeEnding), isSession(session)
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
