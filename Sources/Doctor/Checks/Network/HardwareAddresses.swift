internal import HostPaths

/// Whether containers keep their hardware (MAC) addresses: berth-nic derives these with a key.
enum HardwareAddresses: Check {
    static let name = "hardware-addresses"

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.config.needsNICHelper, facts.helpers.contains(where: \.isBerthNIC) else {
            return []
        }
        let path = Paths.identityKey
        let result = "so the hardware addresses of containers change at each start"
        let replacement = Fix.command("rm -r \(path)", by: .root)
        switch facts.usernet.keyObstacle {
        case nil: return [.ok(path, "containers keep their hardware addresses")]
        case .missing where facts.usernet.canCreateKey:
            return [.ok(path, "berth-nic creates it at the next start of a container")]
        case .missing:
            return [
                .warning(
                    path, "it does not exist and \(Paths.lxcConfiguration) is read-only, \(result)",
                    .advice("make \(Paths.lxcConfiguration) writable for the next start"))
            ]
        case .notPrivate:
            return [
                .warning(
                    path,
                    "it is not owned by root, or other users have permissions on it, \(result)",
                    .command("chown root:root \(path)", by: .root),
                    .command("chmod 600 \(path)", by: .root))
            ]
        case .notRegular: return [.warning(path, "it is not a file, \(result)", replacement)]
        case .wrongSize: return [.warning(path, "it is not 32 bytes long, \(result)", replacement)]
        case .failed(let errno): return [.unknown(path, "cannot examine it: \(errno)")]
        }
    }
}
