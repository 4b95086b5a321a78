internal import Linux

/// A device of the host that LXC gives to every container, or that lxc-start itself opens.
struct DeviceFacts: Equatable, Sendable {
    let path: String
    /// `nil` if it does not exist.
    let file: FileAttributes?

    /// The devices of `lxc_devices` in `src/lxc/conf.c`, and the one for new terminals.
    static func all() -> [DeviceFacts] {
        ["null", "zero", "full", "random", "urandom", "tty", "ptmx"].compactMap { name in
            let path = "/dev/\(name)"
            do throws(Errno) {
                return DeviceFacts(path: path, file: try FileAttributes(of: path))
            } catch { return nil }
        }
    }
}
