internal import CLinux

/// What a file's owner, mode and lists say about who may do what with it: for judging what somebody
/// else would be allowed, which the kernel answers only him.
package struct FileAttributes: Equatable, Sendable {
    package var owner: UserID
    package var group: GroupID
    /// The twelve permission bits.
    package var mode: UInt32
    package var isRegular = true
    /// Whether its file system is mounted so that the setuid bit means nothing.
    package var isOnNosuid = false
    /// Whether it brings capabilities of its own.
    package var hasCapabilities = false
    package var list: POSIXACL?

    package init(owner: UserID, group: GroupID, mode: UInt32) {
        self.owner = owner
        self.group = group
        self.mode = mode
    }

    /// Of the file to which a path leads; `nil` if there is none.
    package init?(of path: String) throws(Errno) {
        var raw = stat()
        do { try call { unsafe stat(path, &raw) } } catch
            where error == .notFound || error == Errno(ENOTDIR)
        { return nil }
        self.init(
            owner: UserID(raw.st_uid), group: GroupID(raw.st_gid), mode: raw.st_mode & 0o7777)
        isRegular = raw.st_mode & linux_S_IFMT == linux_S_IFREG
        isOnNosuid = unsafe linux_is_on_nosuid(path) == 1
        hasCapabilities = Self.attribute("security.capability", of: path) != nil
        list = Self.attribute("system.posix_acl_access", of: path).flatMap { POSIXACL($0) }
    }

    /// Whether it makes whoever runs it root.
    package var isSetuidRoot: Bool { owner == .root && mode & 0o4000 != 0 && mode & 0o111 != 0 }

    package var onlyRootWrites: Bool { owner == .root && mode & linux_WRITABLE_BY_OTHERS == 0 }

    /// Whether somebody without capabilities may pass through the directory, or run the program.
    package func lets(_ user: UserID, _ groups: [GroupID], _ wanted: Access) -> Bool {
        let bits = wanted.rawValue
        if user == owner { return mode >> 6 & bits == bits }
        if let list { return list.lets(user, groups, bits, owned: group, others: mode & 7) }
        if groups.contains(group) { return mode >> 3 & bits == bits }
        return mode & bits == bits
    }

    package enum Access: UInt32, Sendable {
        case search = 1
        case write = 2
        case read = 4
    }

    private static func attribute(_ name: String, of path: String) -> [UInt8]? {
        var room = [UInt8](repeating: 0, count: 4096)
        let count = unsafe room.withUnsafeMutableBytes {
            unsafe getxattr(path, name, $0.baseAddress, $0.count)
        }
        return count > 0 ? Array(room[..<count]) : nil
    }

    /// The path without links in it.
    package static func realPath(of path: String) -> String? {
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }
}

/// An access control list, as the kernel keeps it beside a file's mode: see acl(5).
package struct POSIXACL: Equatable, Sendable {
    private struct Entry: Equatable, Sendable {
        let tag: UInt32
        let bits: UInt32
        let id: UInt32
    }

    private let entries: [Entry]

    /// - Parameter bytes: version 2, then a tag of two bytes, permissions of two, and four for whom.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4, bytes.count % 8 == 4, bytes[0] == 2 else { return nil }
        func number(_ place: Int, _ count: Int) -> UInt32 {
            (0..<count).reversed().reduce(0) { $0 << 8 | UInt32(bytes[place + $1]) }
        }
        entries = stride(from: 4, to: bytes.count, by: 8).map {
            Entry(tag: number($0, 2), bits: number($0 + 2, 2), id: number($0 + 4, 4))
        }
    }

    fileprivate func lets(
        _ user: UserID, _ groups: [GroupID], _ wanted: UInt32, owned: GroupID, others: UInt32
    ) -> Bool {
        let mask = entries.first { $0.tag == 0x10 }?.bits ?? 7
        if let own = entries.first(where: { $0.tag == 0x02 && $0.id == user.number }) {
            return own.bits & mask & wanted == wanted
        }
        let matching = entries.filter { entry in
            entry.tag == 0x04 && groups.contains(owned)
                || entry.tag == 0x08 && groups.contains { $0.number == entry.id }
        }
        guard matching.isEmpty else {
            return matching.contains { $0.bits & mask & wanted == wanted }
        }
        return others & wanted == wanted
    }
}

extension SmallFile {
    /// A file whose path or contents somebody else chose: one that is not a regular file of at most
    /// a mebibyte is not read, and no device or FIFO is opened; nor is one that the kernel makes up as it is
    /// read, such as /proc/kmsg, which says that it is empty.
    /// - Returns: `nil` if there is no such file.
    package static func foreignContents(of path: String) throws(Errno) -> [UInt8]? {
        do throws(Errno) {
            let place = try Descriptor.open(path, linux_O_PATH)
            let status = try place.status()
            let limit = 1 << 20
            guard status.isRegular, status.size <= limit else { throw .invalid }
            guard status.size > 0 else { return [] }
            let file = try Descriptor.open("/proc/self/fd/\(place.number)", O_RDONLY | O_NONBLOCK)
            return try file.contents(expected: status.size, atMost: limit)
        } catch  where error == .notFound || error == Errno(ENOTDIR) {
            return nil
        }
    }
}
