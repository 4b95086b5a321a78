extension ProgramFacts {
    /// What keeps it from being root when somebody runs it.
    /// - Parameter mode: the mode that it should have, as chmod(1) takes it.
    func faults(mode: String = "4755") -> [Finding] {
        guard let path, let file else { return [] }
        let target = realPath ?? path
        let place = target == path ? path : "\(path) -> \(target)"
        if file.isOnNosuid {
            return [
                .problem(
                    place, "its file system is mounted nosuid, so its setuid bit means nothing",
                    .advice("install it on a file system that is not mounted nosuid"))
            ]
        }
        guard !file.isSetuidRoot, !(file.hasCapabilities && file.mode & 0o111 != 0) else {
            return []
        }
        let change = Fix.command("chmod \(mode) \(quoted(target))", by: .root)
        // A change of owner takes the bit away.
        return file.owner == .root
            ? [.problem(place, "it is not setuid root", change)]
            : [
                .problem(
                    place, "it is not setuid root",
                    .command("chown root:root \(quoted(target))", by: .root), change)
            ]
    }
}
