package import Linux

/// The user who runs `berth doctor`, and their session.
package struct Requester: Equatable, Sendable {
    package var user: UserID
    /// XDG_RUNTIME_DIR
    package var runtimeDirectory: UntrustedText?

    package init(user: UserID, runtimeDirectory: UntrustedText?) {
        self.user = user
        self.runtimeDirectory = runtimeDirectory
    }

    package var isRoot: Bool { user == .root }
}
