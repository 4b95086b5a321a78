internal import HostPaths
internal import Linux

/// Tells other processes, by an flock(2) lock, that `berth-net run` maintains the networks.
package struct RunMarker: ~Copyable {
    private let lock: FileLock

    /// - Returns: `nil` if another `berth-net run` has the marker.
    static func set() throws(Failure) -> RunMarker? {
        try StateDirectory.create(Paths.lxcRuntime)
        do throws(Errno) {
            guard let lock = try FileLock.acquire(Paths.networkRunMarker, atMost: 0) else {
                return nil
            }
            return RunMarker(lock: lock)
        } catch {
            throw Failure("cannot lock \(Paths.networkRunMarker): \(error)")
        }
    }

    /// Whether `berth-net run` is running; `nil` for users other than root, who could otherwise
    /// hold the lock themselves.
    package static var isSet: Bool? { try? FileLock.isHeld(Paths.networkRunMarker) }
}
