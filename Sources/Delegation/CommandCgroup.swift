package import Cgroups
internal import HostPaths
package import Linux

/// The cgroup of one command or one login, `run-3k9x02ba`. It is created with the identity of its
/// user, who owns all files in it. It contains only the processes of that command, as lxc-start
/// requires.
package enum CommandCgroup {
    package static var prefix: [UInt8] { Array("run-".utf8) }

    package enum CreationError: Error {
        /// cgroup.max.descendants or cgroup.max.depth is reached.
        case limitReached
        case refused(Errno)
        /// The kernel refuses to move the process into the cgroup.
        case cannotEnter(Errno)
        /// Another process removes new cgroups as soon as they are made.
        case removedConcurrently
    }

    /// The part of the name that the user chooses: 1 to 32 letters, digits, `-` and `_`.
    package struct Suffix: Equatable, Sendable {
        package let bytes: [UInt8]

        package init?(_ bytes: [UInt8]) {
            guard (1...32).contains(bytes.count), bytes.allSatisfy(Self.isSafe) else { return nil }
            self.bytes = bytes
        }

        private static func isSafe(_ byte: UInt8) -> Bool {
            (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
                || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x5f
        }
    }

    /// Creates a cgroup with the credentials of this process; the body moves a process into it.
    ///
    /// Other programs of the user may remove empty cgroups. If this one is removed before the
    /// process is in it, another one is created. If cgroup.max.descendants is reached, empty
    /// cgroups are removed first.
    /// - Returns: its name.
    @discardableResult
    package static func make(
        in userCgroup: borrowing Cgroup, _ suffix: Suffix?,
        entering: (borrowing Cgroup, _ name: [UInt8]) throws(Errno) -> Void
    ) throws(CreationError) -> [UInt8] {
        var hasCollected = false
        for _ in 0..<100 {
            let name: [UInt8]
            do throws(Errno) {
                name = try newName(suffix)
                try ProcessSanitizer.withDefaultUmask { () throws(Errno) in
                    try userCgroup.makeChild(name, mode: UserCgroup.permissions)
                }
            } catch  where error == .EEXIST {
                continue
            } catch  where error == .EAGAIN {
                guard !hasCollected, (try? CommandCgroupCleanup.collect(in: userCgroup)) ?? 0 > 0
                else { throw .limitReached }
                hasCollected = true
                continue
            } catch {
                throw .refused(error)
            }
            do throws(Errno) {
                try entering(userCgroup, name)
                return name
            } catch  where error == .ENOENT || error == .ENODEV {
                continue
            } catch {
                try? userCgroup.removeChild(name)
                throw .cannotEnter(error)
            }
        }
        throw .removedConcurrently
    }

    /// Generates a name of 40 random bits (getrandom(2)), in an alphabet of 32 characters.
    package static func newName(_ suffix: Suffix?) throws(Errno) -> [UInt8] {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        let random = try randomBytes(8).map { alphabet[Int($0 & 31)] }
        return prefix + random + (suffix.map { [0x2d] + $0.bytes } ?? [])
    }
}

extension CommandCgroup.CreationError {
    /// - Parameter path: of the user's cgroup.
    package func sentence(in path: String) -> String {
        switch self {
        case .limitReached:
            "\(path) has as many cgroups as its cgroup.max.descendants and cgroup.max.depth allow: "
                + "stop containers, or as root, raise these limits in \(Paths.usercgroup)"
        case .refused(let errno): "cannot create a cgroup in \(path): \(errno.description)"
        case .cannotEnter(let errno):
            "cannot move a process into a new cgroup in \(path): \(errno.description)"
        case .removedConcurrently:
            "another process removes new cgroups in \(path) as soon as they are created: try again"
        }
    }
}
