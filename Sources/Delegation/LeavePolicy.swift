package import Cgroups
package import Linux

/// Whether a process may leave the cgroup it is in: not one in which somebody has limited it.
///
/// A program that moves its caller into a cgroup of his own could otherwise be his way out of every
/// limit that an administrator set elsewhere. So it leaves only cgroups that are known to be nobody's
/// limit: the root, where init leaves everything; a service of OpenRC's or a session of elogind's, in
/// which people work, as long as no limit is set on it; and Berth's own tree, in which each user's limits
/// bind wherever his processes are.
package enum LeavePolicy {
    package enum LeaveError: Error {
        /// Nobody knows whose limit it is.
        case foreign(path: String)
        case limited(path: String, limit: String, value: String)
        case unreadable(path: String, Errno)
    }

    package static func allow(
        from place: CgroupPath, in tree: borrowing UnifiedHierarchy
    ) throws(LeaveError) {
        guard let first = place.names.first, first != UserCgroup.top else { return }
        guard isOfInit(place) else { throw .foreign(path: tree.name(of: place)) }
        for depth in 1...place.names.count {
            let outer = CgroupPath(names: Array(place.names[..<depth]))
            let limit: (file: [UInt8], value: [UInt8])?
            do throws(Errno) {
                limit = try LimitFiles.firstLimit(of: tree.root.descendant(outer))
            } catch { throw .unreadable(path: tree.name(of: outer), error) }
            if let limit {
                let value = Array(limit.value.split(separator: 0x0a).joined(separator: [0x2c]))
                throw .limited(
                    path: tree.name(of: outer), limit: printable(limit.file),
                    value: printable(value))
            }
        }
    }

    private static func isOfInit(_ place: CgroupPath) -> Bool {
        if let depth = SessionCgroup.depth(of: place) {
            let beneath = place.names.dropFirst(depth)
            // DelegateSessionCgroups= in elogind's logind.conf.d(5): the session beside what is delegated.
            if beneath.isEmpty || beneath.elementsEqual([Array("session".utf8)]) { return true }
        }
        return place.names.count == 1 && isOpenRCService(place.names[0])
    }

    /// `openrc.sshd`; before OpenRC 0.51 `sshd`, which a service proves to be one by its state. One that
    /// starts containers at boot is not started yet while it does.
    private static func isOpenRCService(_ name: [UInt8]) -> Bool {
        if name.starts(with: "openrc.".utf8) { return true }
        guard !name.contains(0x2f), name.first != 0x2e else { return false }
        let service = String(decoding: name, as: UTF8.self)
        for state in ["started", "starting", "stopping", "inactive"] {
            if SmallFile.exists("/run/openrc/\(state)/\(service)") { return true }
        }
        return false
    }
}

extension LeavePolicy.LeaveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .foreign(let path):
            "this session is in the cgroup \(path), which is not Berth's to leave: log in anew, or start "
                + "the command from a session outside it"
        case .limited(let path, let limit, let value):
            "this session is in the cgroup \(path), which has a limit (\(limit) is \(value)) that is not to "
                + "be escaped: start the command from a session outside it"
        case .unreadable(let path, let errno):
            "cannot see whether the cgroup \(path) has limits: \(errno.description)"
        }
    }
}
