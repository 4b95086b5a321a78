internal import Linux
internal import UserFiles

/// The file that LXC locks while it works on a container: `RUNTIME/lxc/lock/LXCPATH/.NAME`.
struct LockFacts: Equatable, Sendable {
    let path: PathFacts
    /// Whether the requester's session shows which runtime directory LXC uses. It is
    /// XDG_RUNTIME_DIR, or `.cache/lxc/run` in the home directory.
    let isCertain: Bool

    /// - Parameter runtimeDirectory: that of the user's session; `nil` if it has none, or if
    ///   another user asks.
    static func observe(
        _ config: ContainerConfig, of target: TargetUser, runtimeDirectory: UntrustedText?,
        from files: inout some FileReader
    ) -> LockFacts? {
        guard target.user != .root, config.directory.hasPrefix("/") else { return nil }
        var directory = target.home.appending("/.cache/lxc/run")
        if let runtimeDirectory, runtimeDirectory.hasPrefix("/") {
            directory = runtimeDirectory
        } else {
            let usual = UntrustedText("/run/user/\(target.user.number)")
            if ((try? files.attributes(of: usual)) ?? nil) != nil { directory = usual }
        }
        var cache = PathCache()
        // A new container has a name, too.
        let path = directory.appending("/lxc/lock").appending(config.directory)
            .appending("/.").appending(target.container ?? "new")
        return LockFacts(
            path: cache.facts(of: path, from: &files), isCertain: runtimeDirectory != nil)
    }
}
