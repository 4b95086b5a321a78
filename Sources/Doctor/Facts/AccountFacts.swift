internal import HostPaths
internal import Linux

/// How berth-nic learns the names of a user and of the user's groups.
struct AccountFacts: Equatable, Sendable {
    enum Way: Equatable, Sendable {
        /// From /etc/passwd and /etc/group.
        case files
        /// berth-nic executes the program that queries the sources in nsswitch.conf.
        case nssProgram(ProgramFacts)
        /// berth-nic is linked dynamically, and queries them itself.
        case nss
        /// The files are not sufficient, and it is linked with musl and asks no other source.
        case insufficientFiles
    }

    /// `nil` if no helper is berth-nic, or the helper cannot be read.
    var way: Way?

    /// The berth-nic that lxc-start executes, for any user.
    struct Helper {
        let isDynamic: Bool
        /// Whether it reads only the files.
        let isForMusl: Bool
        /// The program that it executes where the files do not suffice.
        let nssProgram: ProgramFacts
        /// The files in which the digits of a user ID may stand for the user.
        let policies: [String]

        /// - Returns: `nil` if no helper is berth-nic, or the helper cannot be read.
        init?(among helpers: [ProgramFacts]) {
            guard let path = helpers.first(where: \.isBerthNIC)?.realPath,
                let isDynamic = DynamicLoader.isNamed(byProgramAt: path)
            else { return nil }
            self.isDynamic = isDynamic
            isForMusl = NSSProgram.isUnused(byProgramAt: path) == true
            nssProgram = .at(["\(path).nss"], "berth-nic.nss")
            // Only root may read the ledger. Without it, the answer is nearly always the same.
            policies = [Paths.usernet, Paths.ledger].filter { AccountFacts.isReadable($0) }
        }
    }

    static func observe(_ user: Credentials, _ helper: Helper?) -> AccountFacts {
        guard let helper else { return AccountFacts() }
        guard !helper.isDynamic else { return AccountFacts(way: .nss) }
        let accounts = CallerAccounts.read(
            of: user, namedIn: helper.policies, otherwise: helper.isForMusl ? .only : .unknown)
        guard accounts == nil else { return AccountFacts(way: .files) }
        return AccountFacts(
            way: helper.isForMusl ? .insufficientFiles : .nssProgram(helper.nssProgram))
    }

    private static func isReadable(_ path: String) -> Bool {
        do throws(Errno) {
            return try SmallFile.contents(of: path) != nil
        } catch { return false }
    }
}
