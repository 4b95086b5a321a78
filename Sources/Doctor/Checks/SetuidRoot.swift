internal import Linux

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
        return Finding(.problem, place, "it is not setuid root", setuidFixes(of: target, file))
    }

    private func setuidFixes(of target: String, _ file: FileAttributes) -> [Fix] {
        // Packages are installed elsewhere, and a program there cannot be changed.
        guard !target.hasPrefix("/nix/store/") else {
            return [
                .advice(
                    "declare it in security.wrappers of the system's configuration, owned by root")
            ]
        }
        let chmod = Fix.command("chmod 4755 \(quoted(target))", by: .root)
        guard file.owner != .root || file.mode & 0o022 != 0 else { return [chmod] }
        // A change of owner clears the setuid bit, so chmod comes last.
        let doubt =
            "a user other than root could have changed this program: reinstall it, or do the "
            + "following only if you know that its contents are right"
        return [
            .advice(doubt), .command("chown root:root \(quoted(target))", by: .root), chmod,
        ]
    }
}
