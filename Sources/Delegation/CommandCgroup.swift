package import Cgroups
internal import HostPaths
package import Linux

/// The cgroup of one command or one login, `run-3k9x02ba`: made by its user, so that all in it is his,
/// and empty but for what runs in it, which is how lxc-start needs it.
package enum CommandCgroup {
    package static var prefix: [UInt8] { Array("run-".utf8) }

    package enum CreationError: Error {
        case full
        case refused(Errno)
        /// The kernel keeps processes out of it.
        case closed(Errno)
        /// Somebody takes them away as fast as they are made.
        case vanishing
    }

    /// A part of a leaf's name that its user may choose: letters, digits, `-` and `_`, 32 at most.
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

    /// Makes a leaf as whoever this process is, and lets the body move somebody into it. An empty leaf is
    /// collected by any other run of the same user: if that happens between the two, there will be another.
    /// Where there are as many cgroups as there may be, the empty ones among them make room.
    /// - Returns: its name.
    @discardableResult
    package static func make(
        in node: borrowing Cgroup, _ suffix: Suffix?,
        entering: (borrowing Cgroup, _ name: [UInt8]) throws(Errno) -> Void
    ) throws(CreationError) -> [UInt8] {
        var hasCollected = false
        for _ in 0..<100 {
            let name: [UInt8]
            do throws(Errno) {
                name = try newName(suffix)
                try ProcessSanitizer.withDefaultUmask { () throws(Errno) in
                    try node.makeChild(name, permitting: UserCgroup.permissions)
                }
            } catch  where error == .exists {
                continue
            } catch  where error == .again {
                guard !hasCollected, (try? CommandCgroupCleanup.collect(in: node)) ?? 0 > 0 else {
                    throw .full
                }
                hasCollected = true
                continue
            } catch {
                throw .refused(error)
            }
            do throws(Errno) {
                try entering(node, name)
                return name
            } catch  where error == .notFound || error == .noDevice {
                continue
            } catch {
                try? node.removeChild(name)
                throw .closed(error)
            }
        }
        throw .vanishing
    }

    /// 40 random bits in an alphabet of 32.
    package static func newName(_ suffix: Suffix?) throws(Errno) -> [UInt8] {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        let random = try randomBytes(8).map { alphabet[Int($0 & 31)] }
        return prefix + random + (suffix.map { [0x2d] + $0.bytes } ?? [])
    }
}

extension CommandCgroup.CreationError {
    package func sentence(in node: String) -> String {
        switch self {
        case .full:
            "there are as many cgroups in \(node) as cgroup.max.descendants and cgroup.max.depth allow: "
                + "end containers, or as root, raise them in \(Paths.usercgroup)"
        case .refused(let errno): "cannot make a cgroup in \(node): \(errno.description)"
        case .closed(let errno):
            "the kernel keeps processes out of new cgroups in \(node): \(errno.description)"
        case .vanishing: "new cgroups in \(node) vanish as soon as they are made: try again"
        }
    }
}
