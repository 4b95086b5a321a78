internal import HostPaths
internal import Linux

/// How berth-nic learns the names of a user and of the user's groups.
struct AccountFacts: Equatable, Sendable {
    enum Way: Equatable, Sendable {
        /// From /etc/passwd and /etc/group.
        case files
        /// It executes the program that asks the sources in nsswitch.conf.
        case nssProgram(ProgramFacts)
        /// It is linked dynamically, and asks them itself.
        case nss
    }

    /// `nil` if no helper is berth-nic, or the helper cannot be read.
    var way: Way?

    static func observe(_ user: Credentials, _ helpers: [ProgramFacts]) -> AccountFacts {
        guard let path = helpers.first(where: \.isBerthNIC)?.realPath,
            let isDynamic = DynamicLoader.isNamed(byProgramAt: path)
        else { return AccountFacts() }
        guard !isDynamic else { return AccountFacts(way: .nss) }
        // Only root may read the ledger. Without it, the answer is nearly always the same.
        let policies = [Paths.usernet, Paths.ledger].filter { isReadable($0) }
        guard CallerAccounts.read(of: user, namedIn: policies) == nil else {
            return AccountFacts(way: .files)
        }
        return AccountFacts(way: .nssProgram(.at(["\(path).nss"], "berth-nic.nss")))
    }

    private static func isReadable(_ path: String) -> Bool {
        do throws(Errno) {
            return try SmallFile.contents(of: path) != nil
        } catch { return false }
    }
}
