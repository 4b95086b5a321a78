internal import Linux

extension Owner {
    /// Whether it is a group that does not exist. A group without a name can be given by its
    /// number.
    var isMissingGroup: Bool {
        get throws(Errno) {
            guard case .group(let name) = self else { return false }
            return try Accounts.group(named: name) == nil
                && decimal(name[...], upTo: UInt64(UInt32.max)) == nil
        }
    }
}

extension Accounts {
    /// The user whom the owner field of a line names, with groups: by name, or by a number that is
    /// not the name of a user. A number needs no account.
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
            person: Credentials(user: user, groups: [GroupID(user.number)]))
    }
}
