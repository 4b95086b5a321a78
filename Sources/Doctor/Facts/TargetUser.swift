package import Linux

/// The user whose containers are examined.
package struct TargetUser: Equatable, Sendable {
    package let account: Account
    package let groups: [GroupID]
    /// The name of the container to examine; `nil` for the defaults of a new one.
    package var container: UntrustedText?

    package init(_ account: Account, groups: [GroupID], container: UntrustedText? = nil) {
        self.account = account
        self.groups = groups
        self.container = container
    }

    package var name: String { printable(account.name) }
    package var user: UserID { account.user }
    package var home: UntrustedText { UntrustedText(account.home) }
    var isRoot: Bool { user == .root }
    /// The user's name as the first field of a line of a file in `/etc/lxc`.
    var ownerField: String { printable(Owner.user(account.name).field) }
}
