extension Accounts {
    /// A user as a login makes him: with the groups of his account.
    package struct Member: Sendable {
        package let name: [UInt8]
        package let person: Caller

        package init(name: [UInt8], person: Caller) {
            self.name = name
            self.person = person
        }

        /// The real group first, as ``Caller`` has them.
        fileprivate init(_ account: Account) {
            name = account.name
            person = Caller(user: account.user, groups: Accounts.groups(of: account))
        }
    }

    /// - Returns: `nil` if no source knows the name.
    package static func member(named name: [UInt8]) throws(Errno) -> Member? {
        guard let account = try account(named: name) else { return nil }
        return Member(account)
    }

    /// - Returns: `nil` if no source knows the number.
    package static func member(of user: UserID) throws(Errno) -> Member? {
        guard let account = try account(of: user) else { return nil }
        return Member(account)
    }
}
