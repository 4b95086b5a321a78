internal import HostPaths
package import Linux

/// Which user IDs are accounts of users: `*` in lxc-usernet applies to these only.
package struct AccountPolicy: Sendable {
    /// UID_MIN of login.defs(5).
    package let minimum: UInt32
    package let subordinate: [SubuidRange]

    package init(minimum: UInt32, subordinate: [SubuidRange]) {
        self.minimum = minimum
        self.subordinate = subordinate
    }

    /// Why a user ID is not an account of a user.
    package enum Exclusion: Equatable, Sendable {
        case noName
        case nobody
        case belowMinimum(UInt32)
        /// A user can run programs as each of their subordinate IDs. If a directory server gave one
        /// a name, that ID would be a further account of the user.
        case subordinate
        /// The files that determine this cannot be read, or are not trusted.
        case undecided(String)
    }

    /// - Parameter name: `nil` if no source knows the user ID.
    package func exclusion(of user: UserID, named name: [UInt8]?) -> Exclusion? {
        guard let name else { return .noName }
        if Self.isNobody(user) || name.elementsEqual("nobody".utf8) { return .nobody }
        if user.number < minimum { return .belowMinimum(minimum) }
        return subordinate.contains { $0.overlaps(UInt64(user.number), 1) } ? .subordinate : nil
    }

    /// The kernel's overflow user ID (kernel.overflowuid), and what -1 and -2 are in 16 and 32
    /// bits.
    private static func isNobody(_ user: UserID) -> Bool {
        [65534, 65535, UInt32.max - 1, UInt32.max].contains(user.number)
    }
}

// MARK: - Reading the files

extension AccountPolicy {
    package enum ReadError: Error {
        case file(TrustedFile.TrustError)
        case invalidMinimum
    }

    /// The default of useradd(8).
    private static let defaultMinimum: UInt32 = 1000

    /// Reads login.defs and subuid, if they exist, with the rights of this process.
    package static func read() throws(ReadError) -> AccountPolicy {
        let definitions = try contents(of: Paths.loginDefinitionsName, atMost: 1 << 20)
        let ranges = try contents(of: Paths.subordinateUsersName, atMost: 64 << 20)
        guard let minimum = Self.minimum(in: definitions ?? []) else { throw .invalidMinimum }
        return AccountPolicy(minimum: minimum, subordinate: SubuidRange.parse(ranges ?? []))
    }

    private static func contents(
        of name: String, atMost limit: Int
    ) throws(ReadError) -> [UInt8]? {
        do throws(TrustedFile.TrustError) {
            return try TrustedFile.open(name, in: Paths.accounts).contents(atMost: limit)
        } catch {
            if case .missing = error { return nil }
            throw .file(error)
        }
    }

    /// The last UID_MIN of a login.defs file, or its default. `nil` if it is not a number.
    package static func minimum(in bytes: [UInt8]) -> UInt32? {
        var minimum: UInt32? = defaultMinimum
        for (_, place) in Lines(bytes: bytes).entries {
            let words = words(of: bytes[place])
            guard words[0].elementsEqual("UID_MIN".utf8) else { continue }
            let value = words.dropFirst().first ?? []
            let digits = value.filter { $0 != 0x22 }
            minimum = decimal(digits[...], upTo: UInt64(UInt32.max)).map { UInt32($0) }
        }
        return minimum
    }
}

extension AccountPolicy.ReadError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let error): error.description
        case .invalidMinimum:
            "UID_MIN in \(Paths.accounts)/\(Paths.loginDefinitionsName) is not a decimal number: "
                + "as root, correct it"
        }
    }
}

extension AccountPolicy.Exclusion: CustomStringConvertible {
    /// A clause that follows "the line is for users with an account, and".
    package var description: String {
        switch self {
        case .noName: "this user has no name"
        case .nobody: "this user has the ID of the user nobody, or a reserved one"
        case .belowMinimum(let minimum):
            "this user has an ID below \(minimum), which is UID_MIN in "
                + "\(Paths.accounts)/\(Paths.loginDefinitionsName)"
        case .subordinate:
            "this user has an ID that \(Paths.accounts)/\(Paths.subordinateUsersName) gives to "
                + "another user"
        case .undecided(let reason): "it is unknown whether this user has one: \(reason)"
        }
    }
}
