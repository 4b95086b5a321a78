package import Linux

/// Who asks, and what his session says of itself.
package struct Requester: Equatable, Sendable {
    package var user: UserID
    /// XDG_RUNTIME_DIR
    package var runtimeDirectory: String?

    package init(user: UserID, runtimeDirectory: String?) {
        self.user = user
        self.runtimeDirectory = runtimeDirectory
    }

    var isRoot: Bool { user == .root }
}
