internal import HostPaths
package import Linux

/// The secret of this host from which the hardware addresses of containers are derived.
///
/// Hosts between which containers move can share one key. Without a key, containers get random
/// addresses.
package struct IdentityKey: Equatable, Sendable {
    /// In bytes.
    package static let size = 32

    let bytes: [UInt8]

    /// - Returns: `nil` unless there are ``size`` bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// Reads the key. Needs root.
    package static func load() throws(SecretFile.AccessError) -> IdentityKey {
        let bytes = try SecretFile.contents(of: Paths.identityKey, size: size)
        guard let key = IdentityKey(bytes) else { throw .wrongSize }
        return key
    }

    /// Reads the key, and creates it first if it is missing, from random bytes (getrandom(2)).
    /// Needs root. All processes that do this at once get the same key. An existing file that
    /// cannot be used is not replaced.
    package static func loadOrCreate() throws(SecretFile.AccessError) -> IdentityKey {
        // Another process can remove the temporary file while both create the key.
        for _ in 1...16 {
            do { return try load() } catch  where error == .missing {}
            do throws(Errno) {
                try SecretFile.create(
                    Paths.identityKeyName, in: Paths.lxcConfiguration, with: try randomBytes(size))
            } catch  where error == .EEXIST || error == .ENOENT {} catch { throw .failed(error) }
        }
        return try load()
    }

    /// Why berth-nic does not use the key; `nil` if it does. Every user may ask.
    package static var obstacle: SecretFile.AccessError? {
        SecretFile.obstacle(to: Paths.identityKey, size: size)
    }
}
