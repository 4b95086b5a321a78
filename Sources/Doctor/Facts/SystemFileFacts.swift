internal import Linux

/// A file or directory of the host that the programs of every user need.
struct SystemFileFacts: Equatable, Sendable {
    enum Purpose: Equatable, Sendable {
        /// Without it, programs do not know their own user.
        case accounts
        /// Without it, programs still run; the associated text says what fails.
        case other(String)
        /// A directory that leads to programs and their files.
        case directory
        /// A directory in which all users may create files.
        case temporary
    }

    let path: String
    let purpose: Purpose
    let file: FileAttributes
    /// The path without symbolic links.
    var realPath: String?

    /// Those that exist and that the requester can examine.
    static func all() -> [SystemFileFacts] {
        let files: [(String, Purpose)] = [
            ("/etc/passwd", .accounts),
            ("/etc/group", .other("programs do not know the names of groups")),
            (
                "/etc/nsswitch.conf",
                .other("programs do not know in which sources to look up accounts and host names")
            ),
            ("/etc/subuid", .other("lxc-create does not know the subordinate user IDs")),
            ("/etc/subgid", .other("lxc-create does not know the subordinate group IDs")),
            (
                "/etc/login.defs",
                .other("programs do not know which user IDs are those of regular users")
            ),
            ("/etc/hosts", .other("programs do not know the names in it")),
            ("/etc/resolv.conf", .other("programs do not know the name servers of the host")),
            ("/etc/ld.so.cache", .other("programs find libraries in standard directories only")),
            ("/tmp", .temporary),
        ]
        let directories = [
            "/", "/etc", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec", "/usr/share",
            "/usr/local", "/bin", "/sbin", "/lib", "/lib64", "/run", "/var", "/var/lib", "/dev",
        ]
        return (directories.map { ($0, .directory) } + files).compactMap { path, purpose in
            guard let file = (try? FileAttributes(of: path)) ?? nil else { return nil }
            return SystemFileFacts(
                path: path, purpose: purpose, file: file,
                realPath: FileAttributes.realPath(of: path))
        }
    }
}
