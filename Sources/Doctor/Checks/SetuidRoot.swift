extension ProgramFacts {
    /// The finding for an installed program that does not run as root when a user starts it: its
    /// mode, its owner, or a file system mounted nosuid (ST_NOSUID of statvfs(3)).
    var setuidFinding: Finding? {
        guard let path, let file else { return nil }
        let target = realPath ?? path
        let place = target == path ? path : "\(path) -> \(target)"
        if file.isOnNosuid {
            return .problem(
                place, "its file system is mounted nosuid, so its setuid bit has no effect",
                .advice("install it on a file system that is not mounted nosuid"))
        }
        guard !file.isSetuidRoot, !(file.hasCapabilities && file.mode & 0o111 != 0) else {
            return nil
        }
        // A change of owner clears the setuid bit, so chmod comes last.
        let chown = Fix.command("chown root:root \(quoted(target))", by: .root)
        let chmod = Fix.command("chmod 4755 \(quoted(target))", by: .root)
        return Finding(
            .problem, place, "it is not setuid root",
            file.owner == .root ? [chmod] : [chown, chmod])
    }
}
