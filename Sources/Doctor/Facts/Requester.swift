package import Linux

/// The user who runs `berth doctor`, and their session.
package struct Requester: Equatable, Sendable {
    package var user: UserID
    /// XDG_RUNTIME_DIR
    package var runtimeDirectory: String?

    package init(user: UserID, runtimeDirectory: String?) {
        self.user = user
        self.runtimeDirectory = runtimeDirectory
    }

    package var isRoot: Bool { user == .root }
}
