internal import Cgroups
internal import Delegation
internal import Linux

/// Hosts with systemd: the scopes that users' managers delegate to berth-run or other programs.
extension HierarchyStatus {
    private static let slices = Array("user.slice".utf8)
    private static let sliceSuffix = ".slice"
    /// How many levels of nested slices are read. A manager has one or two.
    private static let depth = 8

    static func ofUserManagers() throws(Failure) -> HierarchyStatus {
        let tree: UnifiedHierarchy
        do { tree = try UnifiedHierarchy.find() } catch { throw Failure("\(error)") }
        let path = tree.name(of: CgroupPath(names: [slices]))
        var status = (users: [User](), hidden: [UInt32](), controllers: [String]())
        do throws(Errno) {
            let top = try tree.root.child(slices)
            status.controllers = names(try top.enabledControllers())
            for user in try top.children().compactMap({ user(ofSlice: $0) })
                .sorted(by: { $0.number < $1.number })
            {
                let name = Array("user-\(user.number).slice".utf8)
                let manager = CgroupPath(names: [Array("user@\(user.number).service".utf8)])
                // systemd removes the slice when the user logs out.
                guard let slice = try? top.child(name) else { continue }
                guard let base = try? slice.descendant(manager) else { continue }
                let leaves = scopes(in: base, depth: depth)
                if leaves.isEmpty { continue }
                if isRoot || user == ownUser {
                    let path = "\(path)/\(printable(name))"
                    status.users.append(User(user, slice, path: path, leaves: leaves))
                } else {
                    status.hidden.append(user.number)
                }
            }
        } catch  where error == .ENOENT {
            // Without logind, there are no slices or managers of users.
        } catch {
            throw Failure("cannot read \(path): \(error)")
        }
        return HierarchyStatus(
            path: path, isSetUp: true, nsdelegate: tree.mount.nsdelegate,
            favordynmods: tree.mount.favordynmods, controllers: status.controllers,
            users: status.users, hidden: status.hidden, warnings: [])
    }

    /// - Parameter name: of a user's slice, `user-1000.slice`.
    private static func user(ofSlice name: [UInt8]) -> UserID? {
        name.between("user-", sliceSuffix)
            .flatMap { decimal($0, upTo: UInt64(UInt32.max) - 1) }.map { UserID(UInt32($0)) }
    }

    /// The delegated scopes in a manager's slices. Other scopes hold ordinary programs.
    private static func scopes(in slice: borrowing Cgroup, depth: Int) -> [Group] {
        var found: [Group] = []
        let names = ((try? slice.children()) ?? []).sorted { $0.lexicographicallyPrecedes($1) }
        for name in names {
            guard let child = try? slice.child(name) else { continue }
            if name.between("", sliceSuffix) != nil {
                if depth > 0 { found += scopes(in: child, depth: depth - 1) }
            } else if name.between("", Systemd.scopeSuffix) != nil {
                let scope = Group(name, child, kind: .leaf)
                // systemd before 251 sets no attribute that users can read.
                let isDelegated =
                    (try? child.directory.extendedAttribute("user.delegate")) == [0x31]
                if isDelegated || scope.groups.contains(where: { $0.kind == .payload }) {
                    found.append(scope)
                }
            }
        }
        return found
    }
}
