internal import Cgroups
internal import Delegation
internal import Linux

/// Where systemd makes the cgroups: what users' own managers delegated, by berth-run or otherwise.
extension HierarchyStatus {
    private static let slices = Array("user.slice".utf8)
    private static let sliceEnding = ".slice"
    /// So many slices in one another are looked at; a manager's own are one or two.
    private static let depth = 8

    static func ofManagers() throws(Failure) -> HierarchyStatus {
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
                // Who logs out takes it away.
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
        } catch  where error == .notFound {
            // Without logind nobody has a slice, and nobody a manager.
        } catch {
            throw Failure("cannot read \(path): \(error)")
        }
        return HierarchyStatus(
            path: path, isSetUp: true, nsdelegate: tree.mount.delegatesNamespaces,
            favordynmods: tree.mount.favorsMoves, controllers: status.controllers,
            users: status.users, hidden: status.hidden, warnings: [])
    }

    /// - Parameter name: as systemd names the slice of a user, `user-1000.slice`.
    private static func user(ofSlice name: [UInt8]) -> UserID? {
        name.between("user-", sliceEnding)
            .flatMap { decimal($0, upTo: UInt64(UInt32.max) - 1) }.map { UserID(UInt32($0)) }
    }

    /// The delegated scopes in a manager's slices. Others are programs of the user's that got none.
    private static func scopes(in slice: borrowing Cgroup, depth: Int) -> [Group] {
        var found: [Group] = []
        let names = ((try? slice.children()) ?? []).sorted { $0.lexicographicallyPrecedes($1) }
        for name in names {
            guard let child = try? slice.child(name) else { continue }
            if name.between("", sliceEnding) != nil {
                if depth > 0 { found += scopes(in: child, depth: depth - 1) }
            } else if name.between("", Systemd.scopeEnding) != nil {
                let scope = Group(name, child, kind: .leaf)
                // systemd before 251 leaves no mark that users can read.
                let isDelegated = (try? child.directory.mark("user.delegate")) == [0x31]
                if isDelegated || scope.groups.contains(where: { $0.kind == .payload }) {
                    found.append(scope)
                }
            }
        }
        return found
    }
}
