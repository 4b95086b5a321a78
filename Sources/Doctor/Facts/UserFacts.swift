internal import HostPaths
internal import Linux
internal import UserFiles

/// What is observed with a user's own rights: all that depends on files of the user.
struct UserFacts: Equatable, Sendable {
    var config: ContainerConfig
    var files = ContainerFilesFacts()
    var searchPermission: SearchPermissionFacts
    /// The owner of the session's runtime directory; `nil` if it does not exist.
    var runtimeOwner: UserID?
    var lock: LockFacts?
    /// Whether the private socket of the user's systemd manager exists.
    var hasUserManager = false
    var session = SessionFiles()
    /// The names in the directory of the user's containers; `nil` if it cannot be read.
    var containers: [UntrustedText]?
    /// `nil` unless a container is examined.
    var resolver: ResolverFacts?

    /// Asks the same questions each time: see ``Replay``.
    /// - Parameter session: that of the user; empty if another user asks.
    static func observe(
        _ target: TargetUser, _ session: SessionEnvironment, from files: inout some FileReader
    ) -> UserFacts {
        let runtimeDirectory = session.runtimeDirectory
        let config = ContainerConfig.read(of: target, from: &files)
        var facts = UserFacts(
            config: config,
            searchPermission: .observe(to: config, of: target, from: &files))
        if let container = target.container {
            facts.resolver = .observe(in: config.rootDirectory(of: container), from: &files)
        }
        if let runtimeDirectory {
            facts.runtimeOwner = ((try? files.attributes(of: runtimeDirectory)) ?? nil)?.owner
        }
        facts.lock = .observe(
            config, of: target, runtimeDirectory: runtimeDirectory, from: &files)
        let socket = UntrustedText(Paths.userManagerSocket(of: target.user.number))
        facts.hasUserManager = ((try? files.attributes(of: socket)) ?? nil) != nil
        if let container = target.container {
            facts.files = .observe(config, of: container, from: &files)
        }
        facts.session = .observe(session, of: target, from: &files)
        facts.containers = ((try? files.names(in: config.directory)) ?? nil)
            .map { names in names.map { UntrustedText($0) } }
        return facts
    }
}
