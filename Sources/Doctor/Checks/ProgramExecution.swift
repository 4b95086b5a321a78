internal import Linux

extension ProgramFacts {
    /// The finding for an installed program that the user may not execute: a directory that leads
    /// to it is closed, its mode or access control list excludes the user, or it is on a file
    /// system mounted noexec.
    func executionFinding(by target: TargetUser) -> Finding? {
        guard let path, !target.isRoot else { return nil }
        let real = realPath ?? path
        let place = real == path ? path : "\(path) -> \(real)"
        let name = target.name
        if let closed = directories.first(where: {
            !$0.file.permits(target.user, target.groups, .search)
        }) {
            return .problem(
                place,
                "\(name) may not search \(closed.path.quoted), and so cannot execute it",
                closed.file.list == nil
                    ? closed.path.shellWord.map { .command("chmod a+x \($0)", by: .root) }
                        ?? .advice("let all users search the directory")
                    : .advice("correct its access control list: see getfacl(1)"))
        }
        guard let file else {
            return .problem(
                place, "\(name) may not search a directory that leads to it",
                .advice("let all users search the directories of its path and of its link"))
        }
        if file.isOnNoexec {
            return .problem(
                place, "its file system is mounted noexec, so it cannot be executed",
                .advice("install it on a file system that is mounted without noexec"))
        }
        guard file.mode & 0o111 != 0, !file.permits(target.user, target.groups, .search) else {
            return nil
        }
        let special = file.mode & 0o6000
        let mode = String(special | 0o755, radix: 8)
        let change = Fix.command("chmod \(mode) \(quoted(real))", by: .root)
        let message =
            "\(name) may not execute it: its mode is \(String(file.mode, radix: 8)), its group "
            + "\(file.group.number)"
        // The administrator may have chosen who is to use it.
        return file.group == .root
            ? .problem(place, message, change)
            : .problem(
                place, message,
                .advice("add \(name) to that group, if only its members are to use it; or:"),
                change)
    }
}
