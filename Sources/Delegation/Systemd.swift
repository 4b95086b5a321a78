internal import HostPaths
internal import Linux

/// Hosts on which systemd manages all cgroups. There each user's own manager delegates cgroups to
/// them, and no privilege is needed.
package enum Systemd {
    /// As sd_booted(3) does it.
    package static var isRunning: Bool { SmallFile.exists(Paths.systemdRuntime) }

    package static var scopeSuffix: String { ".scope" }
}
