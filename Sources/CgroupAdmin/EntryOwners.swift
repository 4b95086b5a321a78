internal import Linux

extension Owner {
    /// Whether it is a group that does not exist. A nameless group can be given by its ID.
    var isMissingGroup: Bool {
        get throws(Errno) {
            guard case .group(let name) = self else { return false }
            return try Accounts.group(named: name) == nil
                && decimal(name[...], upTo: UInt64(UInt32.max)) == nil
        }
    }
}

extension Accounts {
    /// Looks up a user by name or, if no user has that name, by ID, which need not have an account.
    static func member(of owner: [UInt8]) throws(Errno) -> Member? {
        if let account = try member(named: owner) { return account }
        guard let number = decimal(owner[...], upTo: UInt64(UInt32.max) - 1) else { return nil }
        return try memberOrNumber(UserID(UInt32(number)))
    }

    /// The account of a user ID, or a substitute named after the number if it has none.
    static func memberOrNumber(_ user: UserID) throws(Errno) -> Member {
        if let account = try member(of: user) { return account }
        return Member(
            name: Array("\(user.number)".utf8),
            credentials: Credentials(user: user, groups: [GroupID(user.number)]))
    }
}
