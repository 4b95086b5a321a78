/// A process that holds a lock for too long, and the command with which root can kill it.
package struct LockHolder: Sendable {
    private let process: ProcessID
    private let user: UserID?
    /// The name of its program, if this process runs the same one.
    private let program: String?

    package init(_ process: ProcessID) {
        self.process = process
        let status = (try? ProcessStatus(of: process)) ?? nil
        user = status?.words("Uid").first
            .flatMap { decimal($0, upTo: UInt64(UInt32.max)) }.map { UserID(UInt32($0)) }
        let name = process.name
        program = name != nil && name == ProcessID.own.name ? name.map { printable($0) } : nil
    }

    var description: String {
        "process \(process.number)" + (user.map { " of user ID \($0.number)" } ?? "")
    }

    /// The command that kills all processes of that user that run this program. If that is unknown,
    /// or another program holds the lock, it kills only the one process. `pkill -U` matches the
    /// real user ID, which a setuid bit does not change.
    var killCommand: String {
        guard let user, let program else { return "kill -KILL \(process.number)" }
        return "pkill -KILL -U \(user.number) -x \(program)"
    }
}
