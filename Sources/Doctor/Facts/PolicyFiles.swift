internal import HostPaths
internal import Linux

/// A file that grants users resources, and that must be writable only by root.
struct PolicyFile: Equatable, Sendable {
    var exists = true
    var isReadable = true
    /// Whether only root can write to the file and its directory.
    var isTrusted = true
    /// Whether only root can write its directory.
    var isDirectoryTrusted = true
    var bytes: [UInt8] = []

    /// Reads a file in `/etc/lxc`.
    static func read(_ name: String) -> PolicyFile {
        var policy = PolicyFile()
        // A file that cannot be examined is unreadable, not untrusted.
        policy.isTrusted =
            !canExamine("\(Paths.lxcConfiguration)/\(name)")
            || TrustedFile.isTrusted(name, in: Paths.lxcConfiguration)
        if let directory = (try? FileAttributes(of: Paths.lxcConfiguration)) ?? nil {
            policy.isDirectoryTrusted = directory.owner == .root && directory.mode & 0o022 == 0
        }
        do throws(Errno) {
            let bytes = try SmallFile.contents(of: "\(Paths.lxcConfiguration)/\(name)")
            policy.exists = bytes != nil
            policy.bytes = bytes ?? []
        } catch { policy.isReadable = false }
        return policy
    }

    private static func canExamine(_ path: String) -> Bool {
        do throws(Errno) {
            _ = try FileAttributes(of: path)
            return true
        } catch { return false }
    }

    /// The finding for a file that other users can write.
    /// - Parameter program: the program that refuses such a file.
    func untrusted(_ path: String, for program: String) -> Finding {
        .problem(
            path,
            (isDirectoryTrusted
                ? "users other than root can write it"
                : "users other than root can write its directory, \(Paths.lxcConfiguration), and "
                    + "can replace it")
                + ", so \(program) does not trust it",
            .advice("check its lines first: a user could have changed them"),
            .command("chown root:root /etc/lxc \(path)", by: .root),
            .command("chmod go-w /etc/lxc \(path)", by: .root))
    }
}

/// The files that grant users NICs, cgroups and subordinate IDs, each read once.
package struct PolicyFiles: Sendable {
    let usernet: PolicyFile
    let usercgroup: PolicyFile
    let subuid: [UInt8]
    let subgid: [UInt8]

    package static func read() -> PolicyFiles {
        PolicyFiles(
            usernet: .read(Paths.usernetName), usercgroup: .read(Paths.usercgroupName),
            subuid: contents(of: SubuidFacts.file(.users)),
            subgid: contents(of: SubuidFacts.file(.groups)))
    }
}

/// The bytes of a file; empty if it does not exist or cannot be read.
func contents(of path: String) -> [UInt8] { ((try? SmallFile.contents(of: path)) ?? nil) ?? [] }
