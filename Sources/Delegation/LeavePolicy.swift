package import Cgroups
internal import HostPaths
package import Linux

/// Decides whether a process may leave the cgroup it is in.
///
/// A program that moves its caller to another cgroup could free it from an administrator's limits,
/// as a confused deputy. Only these cgroups may be left: the root, where init leaves every process;
/// those of OpenRC or finit itself, of one of their services, or of an elogind session, without
/// limits; and Berth's own tree, where each user's limits apply.
package enum LeavePolicy {
    package enum LeaveError: Error {
        /// Created by another program, for an unknown purpose.
        case foreign(path: String)
        case limited(path: String, limit: String, value: String)
        case unreadable(path: String, Errno)
    }

    /// - Parameter place: the cgroup to leave.
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
            // With elogind's DelegateSessionCgroups=, session and delegated cgroup are siblings.
            if beneath.isEmpty || beneath.elementsEqual([Array("session".utf8)]) { return true }
        }
        return place.names.count == 1 && isOfOpenRC(place.names[0]) || isOfFinit(place)
    }

    /// Whether it is a cgroup in which finit starts something: `init`, its own; `system/NAME`, a
    /// service's; or `user/NAME`, that of logins at terminals. The names are common ones, so finit
    /// must be running.
    private static func isOfFinit(_ place: CgroupPath) -> Bool {
        let names = place.names
        let isNamedSo =
            names.count == 1 && names[0].elementsEqual("init".utf8)
            || names.count == 2
                && (names[0].elementsEqual("system".utf8) || names[0].elementsEqual("user".utf8))
        return isNamedSo && SmallFile.exists(Paths.finitRuntime)
    }

    /// Whether it is the cgroup of an OpenRC service: `openrc.sshd` or, before OpenRC 0.51, `sshd`
    /// if OpenRC has a state for such a service. A service that starts containers at boot is still
    /// `starting` when it does so. Or OpenRC's own, `openrc`, to which version 0.64 moves init.
    private static func isOfOpenRC(_ name: [UInt8]) -> Bool {
        if name.elementsEqual("openrc".utf8) || name.starts(with: "openrc.".utf8) { return true }
        guard !name.contains(0x2f), name.first != 0x2e else { return false }
        let service = String(decoding: name, as: UTF8.self)
        for state in ["started", "starting", "stopping", "inactive"] {
            if SmallFile.exists("\(Paths.openRCRuntime)/\(state)/\(service)") { return true }
        }
        return false
    }
}

extension LeavePolicy.LeaveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .foreign(let path):
            "this session is in the cgroup \(path), which another program manages, so it must "
                + "stay there: log in again, or start the command from a session outside that "
                + "cgroup"
        case .limited(let path, let limit, let value):
            "this session is in the cgroup \(path), whose limit \(limit)=\(value) must not be "
                + "escaped: start the command from a session outside it"
        case .unreadable(let path, let errno):
            "cannot check whether the cgroup \(path) has limits: \(errno.description)"
        }
    }
}
