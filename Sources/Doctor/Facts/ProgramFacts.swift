internal import Linux

/// A program that is to work with root's power, as it is installed.
struct ProgramFacts: Equatable, Sendable {
    var name: String
    /// Where others look for it.
    var path: String?
    /// Where that leads.
    var realPath: String?
    var file: FileAttributes?
    /// Whether it is Berth's own.
    var isBerths = false

    /// By the directories in which programs are.
    static func named(_ name: String) -> ProgramFacts {
        let directories = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"]
        return at(directories.map { "\($0)/\(name)" }, name)
    }

    private static func at(_ paths: [String], _ name: String) -> ProgramFacts {
        for path in paths {
            // One whose mode was lost is there all the same.
            guard let file = (try? FileAttributes(of: path)) ?? nil, file.isRegular else {
                continue
            }
            return ProgramFacts(
                name: name, path: path, realPath: FileAttributes.realPath(of: path), file: file)
        }
        return ProgramFacts(name: name)
    }

    /// LXC's helper at each of the places where a build of LXC may look for it.
    static func helpers() -> [ProgramFacts] {
        var directories = ["/usr/libexec/lxc", "/usr/local/libexec/lxc", "/usr/lib/lxc"]
        for name in (try? SmallFile.names(in: "/usr/lib")) ?? [] where name.contains("-linux-") {
            directories.append("/usr/lib/\(name)/lxc")
        }
        directories.append("/usr/lib64/lxc")
        return directories.map { at(["\($0)/lxc-user-nic"], "lxc-user-nic") }
            .filter { $0.path != nil }
            .map { found in
                var found = found
                found.isBerths = found.realPath.map(isBerths) ?? false
                return found
            }
    }

    private static func isBerths(_ path: String) -> Bool {
        if path.hasSuffix("/berth-nic") { return true }
        let bytes = (try? SmallFile.foreignContents(of: path)) ?? nil
        let word = Array("berth-nic: ".utf8)
        guard let bytes else { return false }
        var place = 0
        while let next = Linux.firstIndex(of: word[0], in: bytes, from: place) {
            if bytes[next...].starts(with: word) { return true }
            place = next + 1
        }
        return false
    }
}
