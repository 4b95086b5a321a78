internal import HostPaths
internal import Linux

/// A file that only root may write, and that grants users something.
struct PolicyFile: Equatable, Sendable {
    var exists = true
    var isReadable = true
    /// Whether only root can write the file and its directory.
    var isTrusted = true
    var bytes: [UInt8] = []

    /// - Parameter directory: the attributes of the file's directory.
    static func read(_ path: String, in directory: FileAttributes?) -> PolicyFile {
        var policy = PolicyFile()
        let file = (try? FileAttributes(of: path)) ?? nil
        policy.isTrusted =
            (file?.onlyRootWrites ?? true) && (directory?.onlyRootWrites ?? true)
        do throws(Errno) {
            let bytes = try SmallFile.contents(of: path)
            policy.exists = bytes != nil
            policy.bytes = bytes ?? []
        } catch { policy.isReadable = false }
        return policy
    }

    /// The finding for a file that other users can write.
    /// - Parameter program: the program that refuses such a file.
    static func untrusted(_ path: String, for program: String) -> Finding {
        .problem(
            path, "users other than root can write it, so \(program) does not trust it",
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
        let directory = (try? FileAttributes(of: Paths.lxcConfiguration)) ?? nil
        return PolicyFiles(
            usernet: .read(Paths.usernet, in: directory),
            usercgroup: .read(Paths.usercgroup, in: directory),
            subuid: contents(of: SubordinateFacts.file(.users)),
            subgid: contents(of: SubordinateFacts.file(.groups)))
    }
}

/// The bytes of a file; empty if it does not exist or cannot be read.
func contents(of path: String) -> [UInt8] { ((try? SmallFile.contents(of: path)) ?? nil) ?? [] }
