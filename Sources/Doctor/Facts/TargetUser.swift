package import Linux

/// Whose containers are asked about.
package struct TargetUser: Equatable, Sendable {
    package let account: Account
    package let groups: [GroupID]
    /// A container's name, if it is about one.
    package var container: String?

    package init(_ account: Account, groups: [GroupID], container: String? = nil) {
        self.account = account
        self.groups = groups
        self.container = container
    }

    package var name: String { printable(account.name) }
    package var user: UserID { account.user }
    package var home: String { String(decoding: account.home, as: UTF8.self) }
    var isRoot: Bool { user == .root }
    /// As a field of a file in /etc/lxc.
    var field: String { printable(Owner.user(account.name).field) }
}
