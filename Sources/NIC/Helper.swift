internal import HostPaths
internal import Linux

/// The program berth-nic.
package enum Helper {
    /// - Parameter arguments: returns the command line without the program's name. Called after the
    ///   limits are raised, since the caller's may leave too little memory for it.
    package static func run(_ arguments: () -> [[UInt8]]) throws(Refusal) {
        do { try ProcessSanitizer.sanitize() } catch { throw .unsafeStart(error) }
        // The caller chooses the path of the program, and so its name. Error messages tell root to
        // run commands that contain the name.
        ProcessID.setOwnName("berth-nic")
        do throws(Errno) { try AppArmorProfile.enter(profile) } catch {
            throw .profile(profile, error)
        }
        switch try Request(arguments()) {
        case .create(let creation):
            try Create.run(creation, with: try power())
        case .delete(let deletion):
            try Delete.run(deletion, with: try power())
            // liblxc expects at least one byte, and overwrites the last one.
            try answer("")
        case .version:
            // Standard output is the caller's choice: root never writes there.
            guard RootPrivilege.dropAll() else { throw .privileges(.notPermitted) }
            try answer("berth-nic \(Version.number)")
        }
    }

    private static func answer(_ text: String) throws(Refusal) {
        do throws(Errno) { try OutputLine.result(text) } catch { throw .answerLost(error) }
    }

    /// Debian's profile for lxc-start permits a change to profiles whose names begin with "lxc-".
    private static let profile = "lxc-berth-nic"

    private static func power() throws(Refusal) -> RootPrivilege {
        do { return try RootPrivilege.ofThisProcess() } catch {
            switch error {
            case .notSetuid: throw .notSetuid
            case .unknown(let errno): throw .privileges(errno)
            }
        }
    }
}
