internal import CLinux

/// A network namespace (netns) held by descriptor. The descriptor refers to the same namespace even
/// after the process through which it was found has ended and its ID is reused, so no pidfd_open(2)
/// is needed for that process.
///
/// No program of Berth enters it with setns(2), which needs CAP_SYS_ADMIN: a netlink message names
/// the descriptor (IFLA_NET_NS_FD, for a ``VethPair``), or the ID of the namespace.
package struct NetworkNamespace: ~Copyable {
    private let descriptor: Descriptor

    /// The descriptor, for a netlink message about this namespace.
    package var number: Int32 { descriptor.number }

    /// The path leads to no network namespace, or to one that the caller does not own. There is
    /// only one error, so that the caller learns nothing about the namespaces of other users.
    package struct NotOwned: Error, Equatable {}

    /// The paths that a caller may give, which are those that lxc-start uses.
    package enum ProcPath: Equatable, Sendable, CustomStringConvertible {
        /// `/proc/N/ns/net`
        case process(ProcessID)
        /// `/proc/N/fd/M`
        case descriptor(ProcessID, Int32)

        package init?(path: [UInt8]) {
            let parts = path.split(separator: 0x2f, omittingEmptySubsequences: false)
            guard parts.count == 5, parts[0].isEmpty, parts[1].elementsEqual("proc".utf8),
                let process = ProcessID(digits: Array(parts[2]))
            else { return nil }
            if parts[3].elementsEqual("ns".utf8), parts[4].elementsEqual("net".utf8) {
                self = .process(process)
            } else if parts[3].elementsEqual("fd".utf8),
                let number = decimal(parts[4], upTo: UInt64(Int32.max))
            {
                self = .descriptor(process, Int32(number))
            } else {
                return nil
            }
        }

        package var description: String {
            switch self {
            case .process(let process): "/proc/\(process.number)/ns/net"
            case .descriptor(let process, let number): "/proc/\(process.number)/fd/\(number)"
            }
        }
    }

    /// Opens the namespace with the current credentials of this process, which must be the
    /// caller's, and verifies that the caller owns it: otherwise, a setuid program would be a
    /// confused deputy.
    package static func open(
        _ path: ProcPath, ownedBy caller: Credentials
    ) throws(NotOwned) -> NetworkNamespace {
        do throws(Errno) {
            let namespace = NetworkNamespace(descriptor: try opened(path))
            guard try namespace.owner() == caller.user else { throw .EPERM }
            return namespace
        } catch {
            throw NotOwned()
        }
    }

    private static func opened(_ path: ProcPath) throws(Errno) -> Descriptor {
        guard case .descriptor = path else {
            return try Descriptor.open(path.description, O_RDONLY)
        }
        // O_PATH, because any other open of a device, a FIFO or a user's own FUSE file system would
        // have side effects, and FUSE could block it. The link in /proc/self/fd then shows whether
        // it is a namespace: for any other file, it is a path, which begins with a slash, or has
        // another prefix.
        let found = try Descriptor.open(path.description, linux_O_PATH)
        let link = "/proc/self/fd/\(found.number)"
        guard try SmallFile.target(of: link).starts(with: "net:[".utf8) else { throw .EINVAL }
        let file = try Descriptor.open(link, O_RDONLY)
        guard linux_ioctl(file.number, linux_NS_GET_NSTYPE, nil) == linux_CLONE_NEWNET
        else { throw .EINVAL }
        return file
    }

    /// The namespace of a process, for status output only: its owner is not checked.
    /// - Returns: `nil` if the process has ended, or this process may not inspect it.
    package static func unverified(of process: ProcessID) -> NetworkNamespace? {
        do { return NetworkNamespace(descriptor: try opened(.process(process))) } catch {
            return nil
        }
    }

    /// The user who has all capabilities in the namespace: the creator of the outermost user
    /// namespace that contains it, below that of this process. See user_namespaces(7), and
    /// NS_GET_USERNS, NS_GET_PARENT and NS_GET_OWNER_UID in ioctl_ns(2). /proc/PID/uid_map shows
    /// only which IDs are mapped, not who created the namespace.
    /// - Returns: `nil` if the namespace belongs to the user namespace of this process.
    package borrowing func owner() throws(Errno) -> UserID? {
        let own = try FileStatus(of: "/proc/self/ns/user")
        // Both ioctls fail with EPERM for a namespace outside this process's user namespace.
        var space = try Self.related(to: number, linux_NS_GET_USERNS)
        if try space.status().isSameFile(as: own) { return nil }
        while true {
            let parent = try Self.related(to: space.number, linux_NS_GET_PARENT)
            if try parent.status().isSameFile(as: own) {
                var owner: uid_t = 0
                try call { unsafe linux_ioctl(space.number, linux_NS_GET_OWNER_UID, &owner) }
                return UserID(owner)
            }
            space = parent
        }
    }

    private static func related(to number: Int32, _ request: UInt) throws(Errno) -> Descriptor {
        Descriptor(owning: try call { linux_ioctl(number, request, nil) })
    }

    /// Whether this process is in the host's network namespace, that of process 1. Needs root.
    package static func isHosts(_ power: borrowing RootPrivilege) throws(Errno) -> Bool {
        let own = try FileStatus(of: "/proc/self/ns/net")
        return try FileStatus(of: "/proc/1/ns/net").isSameFile(as: own)
    }
}
