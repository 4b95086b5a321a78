internal import HostPaths
internal import Linux

/// Hosts on which systemd manages all cgroups (the single-writer rule). There, each user's manager
/// delegates cgroups to the user (Delegate=yes).
package enum Systemd {
    /// Whether systemd is the init system, determined as in sd_booted(3): whether
    /// /run/systemd/system exists.
    package static var isRunning: Bool { SmallFile.exists(Paths.systemdRuntime) }

    package static var scopeSuffix: String { ".scope" }
}
