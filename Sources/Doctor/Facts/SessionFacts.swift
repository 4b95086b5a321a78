internal import Linux

/// What the session of whoever asks says of itself.
struct SessionFacts: Equatable, Sendable {
    /// Who logged in; `nil` where the kernel was not told, or does not tell.
    var login: UserID?
    var runtimeDirectory: String?
    /// Whose that directory is; `nil` if it is not there.
    var runtimeOwner: UserID?
    /// Whether the user's own manager of systemd runs.
    var hasManager = false

    static func observe(_ asker: Requester) -> SessionFacts {
        let number = kernelSetting("/proc/self/loginuid").flatMap { UInt32($0) }
        let owner = asker.runtimeDirectory.flatMap { (try? FileAttributes(of: $0)) ?? nil }?.owner
        return SessionFacts(
            // The largest number means that nobody told: a service, or no pam_loginuid(8).
            login: number.flatMap { $0 == .max ? nil : UserID($0) },
            runtimeDirectory: asker.runtimeDirectory, runtimeOwner: owner,
            hasManager: SmallFile.exists(manager(of: asker.user)))
    }

    static func manager(of user: UserID) -> String { "/run/user/\(user.number)/systemd/private" }
}
