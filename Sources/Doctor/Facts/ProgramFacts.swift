internal import Linux

/// An installed program that needs root's privileges.
struct ProgramFacts: Equatable, Sendable {
    var name: String
    /// The path by which other programs run it.
    var path: String?
    /// The path without symbolic links.
    var realPath: String?
    var file: FileAttributes?
    var isBerthNIC = false

    /// Searches the directories in which programs are installed.
    static func named(_ name: String) -> ProgramFacts {
        let directories = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"]
        return at(directories.map { "\($0)/\(name)" }, name)
    }

    private static func at(_ paths: [String], _ name: String) -> ProgramFacts {
        for path in paths {
            // A program that has lost its execute permission still counts as installed.
            guard let file = (try? FileAttributes(of: path)) ?? nil, file.isRegular else {
                continue
            }
            return ProgramFacts(
                name: name, path: path, realPath: FileAttributes.realPath(of: path), file: file)
        }
        return ProgramFacts(name: name)
    }

    /// LXC's NIC helper, at each of the paths where a build of LXC may look for it.
    static func helpers() -> [ProgramFacts] {
        var directories = ["/usr/libexec/lxc", "/usr/local/libexec/lxc", "/usr/lib/lxc"]
        for name in (try? SmallFile.names(in: "/usr/lib")) ?? [] where name.contains("-linux-") {
            directories.append("/usr/lib/\(name)/lxc")
        }
        directories.append("/usr/lib64/lxc")
        return directories.map { at(["\($0)/lxc-user-nic"], "lxc-user-nic") }
            .filter { $0.path != nil }
            .map { helper in
                var helper = helper
                helper.isBerthNIC = helper.realPath.map(isBerthNIC) ?? false
                return helper
            }
    }

    private static func isBerthNIC(_ path: String) -> Bool {
        if path.hasSuffix("/berth-nic") { return true }
        let file = (try? ForeignFile.open(Array(path.utf8))) ?? nil
        guard let bytes = try? file?.contents(atMost: 1 << 20) else { return false }
        let messagePrefix = Array("berth-nic: ".utf8)
        var start = 0
        while let next = Linux.firstIndex(of: messagePrefix[0], in: bytes, from: start) {
            if bytes[next...].starts(with: messagePrefix) { return true }
            start = next + 1
        }
        return false
    }
}
