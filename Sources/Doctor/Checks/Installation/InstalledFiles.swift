internal import HostPaths
internal import Linux

/// Whether only root can change the files on which Berth relies, and whether the programs that must
/// be setuid root are.
enum InstalledFiles: Check {
    static let name = "installed-files"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let found = facts.installation.files.flatMap { findings($0) }
        guard found.isEmpty else { return found }
        return [.ok("files of Berth", "only root can change them")]
    }

    private static func findings(_ installed: InstalledFile) -> [Finding] {
        let path = installed.path
        guard let file = installed.file else {
            return [.unknown(path, "only root may examine it")]
        }
        let target = installed.realPath ?? path
        guard installed.kind == .directory ? file.isDirectory : file.isRegular else {
            let wanted = installed.kind == .directory ? "directory" : "regular file"
            return [.problem(path, "it is not a \(wanted)", replacement(installed))]
        }
        if file.owner != .root || file.mode & 0o022 != 0 {
            let isOwned = file.owner == .root
            let what =
                isOwned ? "users other than root can write it" : "it does not belong to root"
            return [
                Finding(
                    .problem, path, what,
                    // A change of owner clears the setuid bit, so the mode is set last.
                    (isOwned ? [] : [.command("chown root:root \(quoted(target))", by: .root)])
                        + [.command("chmod \(mode(installed, file)) \(quoted(target))", by: .root)])
            ]
        }
        if [Paths.lxcRuntime, Paths.leases].contains(path), file.isOnReadOnly || file.isOnFull {
            let state = file.isOnReadOnly ? "mounted read-only" : "full"
            return [
                .problem(
                    path, "its file system is \(state), so Berth cannot record anything there",
                    .advice(
                        file.isOnReadOnly
                            ? "mount it read-write" : "delete files there: see df(1), also with -i")
                )
            ]
        }
        switch installed.kind {
        case .privateFile where file.mode & 0o077 != 0:
            return [
                .warning(
                    path, "users other than root can read it, and lock it",
                    .command("chmod 600 \(quoted(target))", by: .root))
            ]
        case .setuidProgram where !file.isSetuidRoot && !file.hasCapabilities:
            return [
                .problem(
                    path, "it is not setuid root",
                    .command("chmod 4755 \(quoted(target))", by: .root))
            ]
        case .directory where file.mode & 0o055 != 0o055 && installed.mustBeSearchable:
            let chmod = Fix.command("chmod 755 \(quoted(target))", by: .root)
            // The programs that run as root can still read what is in /etc/lxc.
            return [
                path == Paths.lxcConfiguration
                    ? .warning(
                        path, "users cannot search it, so lxc-start does not read their defaults",
                        chmod) : .problem(path, "users cannot search it", chmod)
            ]
        default: return []
        }
    }

    /// The mode without write permission for others.
    private static func mode(_ installed: InstalledFile, _ file: FileAttributes) -> String {
        switch installed.kind {
        case .privateFile: "600"
        case .setuidProgram: "4755"
        case .directory, .file: "go-w"
        }
    }

    private static func replacement(_ installed: InstalledFile) -> Fix {
        .command("mv \(quoted(installed.path)) \(quoted(installed.path + ".old"))", by: .root)
    }
}

extension InstalledFile {
    /// Whether users' programs need a file in this directory.
    fileprivate var mustBeSearchable: Bool {
        path == "/etc/lxc" || path.hasSuffix("/libexec/berth")
    }
}
