internal import HostPaths
internal import Linux

/// A host on which systemd is the only one to make cgroups: the user's own manager gives him one, and no
/// privilege is needed.
package enum Systemd {
    /// As sd_booted(3) finds out.
    package static var isRunning: Bool { SmallFile.exists(Paths.systemdRuntime) }

    /// What the names of its scopes end in.
    package static var scopeEnding: String { ".scope" }
}
