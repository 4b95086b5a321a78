internal import Linux
internal import UserFiles

/// The files to which the environment of a user's session leads.
struct SessionFiles: Equatable, Sendable {
    struct Program: Equatable, Sendable {
        let path: UntrustedText
        /// Without symbolic links.
        let realPath: UntrustedText
        let file: FileAttributes
    }

    /// HOME without symbolic links; `nil` if it is not an absolute path.
    var home: UntrustedText?
    /// The home directory of the account, without symbolic links.
    var accountHome: UntrustedText?
    /// By name, the programs in the directories of PATH, in its order.
    var programs: [String: [Program]] = [:]

    /// Whether PATH is not set, or has no absolute directory.
    var isSearchPathEmpty = true
    /// Whether every directory of PATH was examined. A process that may open too few files, for
    /// example, cannot do so.
    var isSearchComplete = true

    /// The programs that LXC or its user runs by name.
    private static let names = ["newuidmap", "newgidmap", "lxc-start"]

    static func observe(
        _ session: SessionEnvironment, of target: TargetUser, from files: inout some FileReader
    ) -> SessionFiles {
        var cache = PathCache()
        let host = RootFileSystem(layers: [""])
        var facts = SessionFiles()
        if let home = session.home, home.hasPrefix("/"), target.home.hasPrefix("/") {
            facts.home = host.find(home, &cache, from: &files).path
            facts.accountHome = host.find(target.home, &cache, from: &files).path
        }
        facts.isSearchPathEmpty = session.searchedDirectories.isEmpty
        for name in names {
            facts.programs[name] = session.searchedDirectories.compactMap { directory in
                let path = directory.appending("/").appending(UntrustedText(name))
                let status = cache.status(of: path, from: &files)
                if case .unread(let reason) = status, reason != .refused(.failed(.EACCES)) {
                    facts.isSearchComplete = false
                }
                guard case .found(let file) = status else { return nil }
                let real = host.find(path, &cache, from: &files).path
                return Program(path: path, realPath: real, file: file)
            }
        }
        return facts
    }

    /// The program that the user runs by that name.
    func program(_ name: String, for target: TargetUser) -> Program? {
        programs[name]?.first {
            $0.file.isRegular && $0.file.permits(target.user, target.groups, .search)
        }
    }
}
