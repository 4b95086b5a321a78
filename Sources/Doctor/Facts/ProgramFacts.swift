internal import Linux

/// An installed program that needs root's privileges.
struct ProgramFacts: Equatable, Sendable {
    var name: String
    /// The path by which other programs run it.
    var path: String?
    /// The path without symbolic links.
    var realPath: String?
    var file: FileAttributes?
    /// The directories that lead to it, by either path.
    var directories: [PathFacts.Directory] = []
    var isBerthNIC = false

    /// Searches the directories in which programs are installed.
    static func named(_ name: String) -> ProgramFacts {
        let directories = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"]
        return at(directories.map { "\($0)/\(name)" }, name)
    }

    static func at(_ paths: [String], _ name: String) -> ProgramFacts {
        var hidden: String?
        for path in paths {
            do throws(Errno) {
                // A program that has lost its execute permission still counts as installed.
                guard let file = try FileAttributes(of: path), file.isRegular else { continue }
                let realPath = FileAttributes.realPath(of: path)
                return ProgramFacts(
                    name: name, path: path, realPath: realPath, file: file,
                    directories: directories(to: path) + (realPath.map(directories) ?? []))
            } catch { hidden = hidden ?? (error == .EACCES ? path : nil) }
        }
        // The requester may not look into the directory, or into the one that a link leads to.
        guard let hidden else { return ProgramFacts(name: name) }
        let target = (try? SmallFile.target(of: hidden)) ?? []
        let link = String(decoding: target, as: UTF8.self)
        return ProgramFacts(
            name: name, path: hidden,
            directories: directories(to: hidden)
                + (link.hasPrefix("/") ? directories(to: link) : []))
    }

    private static func directories(to path: String) -> [PathFacts.Directory] {
        var place = ""
        var directories: [PathFacts.Directory] = []
        let names: [Substring] = path.split(separator: "/").dropLast()
        for name in [Substring()] + names {
            if !name.isEmpty { place += "/\(name)" }
            guard let file = (try? FileAttributes(of: place.isEmpty ? "/" : place)) ?? nil else {
                break
            }
            directories.append(
                PathFacts.Directory(path: UntrustedText(place.isEmpty ? "/" : place), file: file))
        }
        return directories
    }

    /// LXC's NIC helper.
    /// - Parameter path: the path that liblxc executes; `nil` to search where builds of LXC look
    ///   for it.
    static func helpers(at path: String?) -> [ProgramFacts] {
        let paths = path.map { [$0] } ?? helperDirectories().map { "\($0)/lxc-user-nic" }
        return paths.map { at([$0], "lxc-user-nic") }
            .filter { $0.path != nil }
            .map { helper in
                var helper = helper
                helper.isBerthNIC = helper.realPath.map(isBerthNIC) ?? false
                return helper
            }
    }

    private static func helperDirectories() -> [String] {
        ["/usr/libexec/lxc", "/usr/local/libexec/lxc"]
            + LXCLibrary.withTriplets("/usr/lib").map { "\($0)/lxc" }
            + ["/usr/lib64/lxc", "/run/wrappers/bin"]
    }

    /// Whether the program is berth-nic, or a wrapper that executes it, as on NixOS.
    private static func isBerthNIC(_ path: String) -> Bool {
        if path.hasSuffix("/berth-nic") { return true }
        let file = (try? ForeignFile.open(Array(path.utf8))) ?? nil
        // A static berth-nic is 1.4 MB.
        guard let bytes = try? file?.contents(atMost: 8 << 20) else { return false }
        // The prefix of its messages, or its path.
        return ["berth-nic: ", "/berth-nic\0"].contains {
            Linux.firstIndex(of: Array($0.utf8), in: bytes, from: 0) != nil
        }
    }
}
