internal import Linux

/// Whether the user may use the files of the host that the programs of every user need: a script
/// with umask 077, a restored backup or hardening instructions can remove the permissions.
enum SystemFiles: Check {
    static let name = "system-files"

    static func findings(_ facts: Facts) -> [Finding] {
        let findings = facts.systemFiles.compactMap { finding($0, facts.target) }
        guard findings.isEmpty, !facts.systemFiles.isEmpty else { return findings }
        return [.ok("/etc, /usr", "\(facts.target.name) may use the files that programs need")]
    }

    private static func finding(_ facts: SystemFileFacts, _ target: TargetUser) -> Finding? {
        let path = facts.path
        let real = quoted(facts.realPath ?? path)
        let file = facts.file
        func permits(_ access: FileAttributes.Access) -> Bool {
            file.permits(target.user, target.groups, access)
        }
        let mode = String(file.mode, radix: 8)
        let closed =
            file.list == nil
            ? "\(target.name) may not read it: its mode is \(mode)"
            : "its access control list prevents \(target.name) from reading it"
        switch facts.purpose {
        case .accounts where !permits(.read):
            return Finding(
                .problem, path,
                "\(closed), so lxc-start, the NIC helper and other programs of this user "
                    + "cannot look up accounts", read(file, real))
        case .other(let effect) where !permits(.read):
            return Finding(.warning, path, "\(closed), so \(effect)", read(file, real))
        case .directory where !permits(.search):
            let message =
                file.list == nil
                ? "\(target.name) may not search this directory, so programs fail: its mode is "
                    + mode
                : "its access control list prevents \(target.name) from searching this directory, "
                    + "so programs fail"
            return Finding(
                .problem, path, message,
                file.list == nil
                    ? [.command("chmod a+x \(real)", by: .root)]
                    : [.advice("correct its access control list: see getfacl(1)")])
        case .temporary where file.isOnReadOnly || file.isOnFull:
            return .warning(
                path,
                "its file system is \(file.isOnReadOnly ? "mounted read-only" : "full"), so "
                    + "programs that create temporary files fail",
                .advice(
                    file.isOnReadOnly
                        ? "mount it read-write" : "delete files there: see df(1), also with -i"))
        case .temporary where !permits(.write) || !permits(.search):
            return .warning(
                path,
                "\(target.name) may not create files in it, so programs that create temporary "
                    + "files fail: its mode is \(mode)",
                .command("chmod 1777 \(real)", by: .root))
        default: return nil
        }
    }

    private static func read(_ file: FileAttributes, _ path: String) -> [Fix] {
        file.list == nil
            ? [.command("chmod a+r \(path)", by: .root)]
            : [.advice("correct its access control list: see getfacl(1)")]
    }
}
