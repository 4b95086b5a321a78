internal import CLinux

/// A network namespace, held by descriptor: neither the end of the process through which it was
/// found, nor another process under the same number, changes which one it is.
package struct NetworkNamespace: ~Copyable {
    private let descriptor: Descriptor

    /// For a message to the kernel that is about this namespace.
    package var number: Int32 { descriptor.number }

    /// Absent, not a network namespace, not the caller's, the host's own: to whoever has no
    /// business with it these are all the same.
    package struct NotYours: Error, Equatable {}

    /// The only names that a caller may give: what lxc-start sends.
    package enum Place: Equatable, Sendable {
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

        var path: String {
            switch self {
            case .process(let process): "/proc/\(process.number)/ns/net"
            case .descriptor(let process, let number): "/proc/\(process.number)/fd/\(number)"
            }
        }
    }

    /// Opens the namespace with the rights of this process, which must be the caller's by now, and
    /// proves that the caller rules it.
    package static func open(
        _ place: Place, ruledBy caller: Credentials
    ) throws(NotYours) -> NetworkNamespace {
        do throws(Errno) {
            let namespace = NetworkNamespace(descriptor: try opened(place))
            guard try namespace.isRuled(by: caller.user) else { throw .notPermitted }
            return namespace
        } catch {
            throw NotYours()
        }
    }

    private static func opened(_ place: Place) throws(Errno) -> Descriptor {
        guard case .descriptor = place else { return try Descriptor.open(place.path, O_RDONLY) }
        // O_PATH: a device, a FIFO or a file system of somebody's own making would notice any other
        // open, and the last of them could keep it waiting. The name that the kernel gives the open
        // file is asked for next, and is no path for a namespace.
        let found = try Descriptor.open(place.path, linux_O_PATH)
        let link = "/proc/self/fd/\(found.number)"
        var name = [CChar](repeating: 0, count: 64)
        let length = try call { unsafe readlink(link, &name, name.count) }
        let begin = name[..<length].map { UInt8(bitPattern: $0) }
        guard begin.starts(with: "net:[".utf8) else { throw .invalid }
        let file = try Descriptor.open(link, O_RDONLY)
        guard linux_ioctl(file.number, linux_NS_GET_NSTYPE) == linux_CLONE_NEWNET else {
            throw .invalid
        }
        return file
    }

    /// Of a process into which this one may look: for whoever only asks about it.
    /// - Returns: `nil` if it is gone, or none of this process's business.
    package static func seen(of process: ProcessID) -> NetworkNamespace? {
        do { return NetworkNamespace(descriptor: try opened(.process(process))) } catch {
            return nil
        }
    }

    private borrowing func isRuled(by user: UserID) throws(Errno) -> Bool { try ruler() == user }

    /// Who has every capability in it by the kernel's rule for a namespace that is not one's own
    /// (user_namespaces(7)): who created a user namespace from the one he is in has them in it and
    /// below. `nil` if it is of the very user namespace that this process is in.
    package borrowing func ruler() throws(Errno) -> UserID? {
        let own = try FileStatus(of: "/proc/self/ns/user", followingLinks: true)
        // Both calls fail (EPERM) for what does not lie below this process's own user namespace.
        var space = Descriptor(owning: try call { linux_ioctl(number, linux_NS_GET_USERNS) })
        if try space.status().isSameFile(as: own) { return nil }
        while true {
            let parent = Descriptor(
                owning: try call { linux_ioctl(space.number, linux_NS_GET_PARENT) })
            if try parent.status().isSameFile(as: own) {
                var owner: uid_t = 0
                try call { unsafe linux_owner(space.number, &owner) }
                return UserID(owner)
            }
            space = parent
        }
    }

    /// Whether this process is in the network namespace of process 1: the host's own. Needs root.
    package static func isHostsOwn(_ power: borrowing RootPrivilege) throws(Errno) -> Bool {
        let own = try FileStatus(of: "/proc/self/ns/net", followingLinks: true)
        return try FileStatus(of: "/proc/1/ns/net", followingLinks: true).isSameFile(as: own)
    }
}
