internal import Linux

/// The login and the runtime directory of the requester's session.
struct SessionFacts: Equatable, Sendable {
    /// The user who logged in; `nil` where the kernel does not know.
    var login: UserID?
    var runtimeDirectory: UntrustedText?
    /// The owner of the runtime directory; `nil` if it does not exist.
    var runtimeOwner: UserID?

    static func observe(_ requester: Requester, runtimeOwner: UserID?) -> SessionFacts {
        let number = kernelSetting("/proc/self/loginuid").flatMap { UInt32($0) }
        return SessionFacts(
            // The largest number means "not set": a service, or a login without pam_loginuid(8).
            login: number.flatMap { $0 == .max ? nil : UserID($0) },
            runtimeDirectory: requester.runtimeDirectory, runtimeOwner: runtimeOwner)
    }
}
