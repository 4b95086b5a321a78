internal import Cgroups
internal import Delegation
internal import HostPaths
internal import Linux

/// The policy as it lies in its file, with what its lines mean on this host.
struct PolicyFile {
    let policy: UsercgroupFile
    /// As it lay there; `nil` where there is no file, and nobody has a cgroup.
    let bytes: [UInt8]?
    var isMissing: Bool { bytes == nil }
    let grants: [Result<UsercgroupEntry, UsercgroupFile.Faulty>]

    /// - Throws: ``Failure`` for a file that is not to be trusted.
    static func read() throws(Failure) -> PolicyFile {
        do throws(TrustedFile.TrustError) {
            return PolicyFile(
                try TrustedFile.open(Paths.usercgroupName, in: Paths.lxcConfiguration).contents())
        } catch {
            if case .missing = error { return PolicyFile(nil) }
            throw Failure(error.sentence)
        }
    }

    init(_ bytes: [UInt8]?) {
        policy = UsercgroupFile(bytes ?? [])
        self.bytes = bytes
        grants = policy.grants
    }

    var understood: [UsercgroupEntry] { grants.compactMap { try? $0.get() } }

    /// Each line that means nothing: where it is, and why.
    var faults: [String] {
        grants.compactMap { line in
            guard case .failure(let faulty) = line else { return nil }
            return Self.place(faulty.line, faulty.fault.description)
        }
    }

    static func place(_ line: Int, _ reason: String) -> String {
        "\(Paths.usercgroup):\(line): \(reason)"
    }

    enum Verdict {
        case granted(UsercgroupEntry)
        case none
        /// The line that would decide is not understood.
        case faulty(line: Int)
        case unknown(Errno)
    }

    /// The line that decides for a user, as berth-run finds it.
    func verdict(for person: Credentials) -> Verdict {
        do throws(UsercgroupFile.Refusal<Errno>) {
            var known: OwnerMatcher
            do throws(Errno) { known = try OwnerMatcher(person) } catch { return .unknown(error) }
            let grant = try policy.grant { field throws(Errno) in try known.owner(field) != nil }
            return grant.map { .granted($0) } ?? .none
        } catch {
            switch error {
            case .faulty(let faulty): return .faulty(line: faulty.line)
            case .unknown(let errno): return .unknown(errno)
            }
        }
    }
}

extension Accounts {
    /// Whom the owner of a line names, with his groups: by name, or by a number that is nobody's name,
    /// which need not have an account at all.
    static func member(of owner: [UInt8]) throws(Errno) -> Member? {
        if let account = try member(named: owner) { return account }
        guard let number = decimal(owner[...], upTo: UInt64(UInt32.max) - 1) else { return nil }
        return try someone(UserID(UInt32(number)))
    }

    /// A user by number, with an account or without.
    static func someone(_ user: UserID) throws(Errno) -> Member {
        if let account = try member(of: user) { return account }
        return Member(
            name: Array("\(user.number)".utf8),
            person: Credentials(user: user, groups: [GroupID(user.number)]))
    }
}
