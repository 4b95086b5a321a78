internal import HostPaths
internal import Linux
internal import Usernet

/// The program berth-nic, which lxc-start runs in place of lxc-user-nic(1).
package enum Helper {
    /// - Parameter arguments: returns the command line without the program's name. Called after the
    ///   resource limits are raised, since those of the caller may leave too little memory.
    package static func run(_ arguments: () -> [[UInt8]]) throws(Refusal) {
        do { try ProcessSanitizer.sanitize() } catch { throw .unsafeStart(error) }
        // Other users wait for the lock that this process takes. Its user cannot change the
        // scheduling later: only a process with all capabilities of this one can.
        ProcessSanitizer.resetScheduling()
        // The process name comes from the path by which the caller started the program. Error
        // messages contain it, in commands that root is told to run.
        ProcessID.setOwnName("berth-nic")
        do throws(Errno) { try AppArmorProfile.enter(profile) } catch {
            throw .profile(profile, error)
        }
        let words = arguments()
        switch try Request(words) {
        case .create(let creation):
            try audited(creation.container, creation.bridge, words) {
                root, log, counters throws(Refusal) in
                try Create.run(creation, with: root, log, &counters)
            }
        case .delete(let deletion):
            try audited(deletion.container, deletion.bridge, words) {
                root, log, counters throws(Refusal) in
                try Delete.run(deletion, with: root, log, &counters)
            }
            // liblxc expects at least one byte, and overwrites the last one.
            try answer("")
        case .version:
            // The caller chose what standard output is: do not write to it as root.
            guard RootPrivilege.dropAll() else { throw .privileges(.EPERM) }
            try answer("berth-nic \(Version.number)")
        }
    }

    /// Runs the body with root's privileges. If it refuses, drops them, and logs and counts the
    /// refusal.
    private static func audited(
        _ container: ContainerName, _ bridge: UsernetBridge, _ words: [[UInt8]],
        _ body: (consuming RootPrivilege, SyslogConnection, inout SharedCounters?) throws(Refusal)
            -> Void
    ) throws(Refusal) {
        var root = try rootPrivilege()
        let log = SyslogConnection.open(as: "berth-nic")
        let user = root.caller.user
        // Counters in a file that is open anyway, so that only a refusal costs system calls.
        // Refusals before the ledger is opened are not counted.
        var counters: SharedCounters?
        do throws(Refusal) {
            do throws(NSSProgram.ExecutionError) {
                try root.readAccounts(of: "berth-nic", namedIn: [Paths.usernet, Paths.ledger]) {
                    (words, [])
                }
            } catch { throw .noAccounts(error) }
            try body(root, log, &counters)
        } catch {
            if RootPrivilege.dropAll() {
                AuditLog(log, user: user, container, bridge).refuses(error)
                counters?.increase(error.reason.rawValue)
            }
            throw error
        }
    }

    private static func answer(_ text: String) throws(Refusal) {
        do throws(Errno) { try OutputLine.result(text) } catch { throw .answerLost(error) }
    }

    /// Debian's profile for lxc-start permits changing to profiles whose names begin with "lxc-".
    private static let profile = "lxc-berth-nic"

    private static func rootPrivilege() throws(Refusal) -> RootPrivilege {
        do { return try RootPrivilege.ofThisProcess() } catch {
            switch error {
            case .notSetuid: throw .notSetuid
            case .unknown(let errno): throw .privileges(errno)
            }
        }
    }
}
