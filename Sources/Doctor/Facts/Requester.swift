package import Linux

/// The user who runs `berth doctor`, and their session.
package struct Requester: Equatable, Sendable {
    package var user: UserID
    package var environment: SessionEnvironment

    package init(user: UserID, environment: SessionEnvironment = SessionEnvironment()) {
        self.user = user
        self.environment = environment
    }

    package var isRoot: Bool { user == .root }
}
