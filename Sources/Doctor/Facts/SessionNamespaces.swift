internal import Linux

/// The namespaces of this process, compared with those of the host's first process.
///
/// A user may not read the links in `/proc/1/ns`. The files below `/proc/PID/net` belong to a
/// network namespace, which gives them inode numbers of its own, and every user may examine them;
/// the same is true of `/proc/PID/uid_map`.
struct SessionNamespaces: Equatable, Sendable {
    /// Consecutive IDs that exist in a user namespace.
    struct IDs: Equatable, Sendable {
        let first: UInt64
        let count: UInt64
    }

    /// Whether the network namespace differs from that of process 1; `false` if unknown.
    var isInOtherNetwork = false
    /// Whether the user namespace differs from that of process 1, or has no root.
    var isInOtherUserNamespace = false
    /// The user and group IDs that exist in the user namespace; empty if they are not known.
    var users: [IDs] = []
    var groups: [IDs] = []

    static func observe() -> SessionNamespaces {
        let map = contents(of: "/proc/self/uid_map")
        var namespaces = SessionNamespaces()
        namespaces.users = ids(map)
        namespaces.groups = ids(contents(of: "/proc/self/gid_map"))
        let first = contents(of: "/proc/1/uid_map")
        // In the first process's own namespace, both files say the same.
        namespaces.isInOtherUserNamespace =
            !map.isEmpty
            && (!first.isEmpty && first != map
                || !namespaces.users.contains { $0.first == 0 && $0.count > 0 })
        if let own = FileAttributes.inode(of: "/proc/self/net/dev"),
            let other = FileAttributes.inode(of: "/proc/1/net/dev")
        {
            namespaces.isInOtherNetwork = own != other
        }
        return namespaces
    }

    /// The lines of a map: the first ID inside and outside of the namespace, and their number.
    private static func ids(_ map: [UInt8]) -> [IDs] {
        Lines(bytes: map).compactMap { line in
            let numbers = words(of: map[line]).compactMap { decimal($0, upTo: .max) }
            return numbers.count == 3 ? IDs(first: numbers[0], count: numbers[2]) : nil
        }
    }

    /// The first of these IDs that does not exist in the namespace; `nil` if all do, or if it is
    /// not known which exist.
    static func firstMissing(_ first: UInt64, _ count: UInt64, in ids: [IDs]) -> UInt64? {
        guard !ids.isEmpty else { return nil }
        var next = first
        while next < first + count {
            guard let range = ids.first(where: { $0.first <= next && next - $0.first < $0.count })
            else { return next }
            next = range.first + range.count
        }
        return nil
    }
}
