internal import HostPaths
internal import Linux

/// berth-nic as a whole: the helper that lxc-start runs for a container's NIC.
package enum Helper {
    /// - Parameter arguments: tells the command line without the program's own name. Asked for only
    ///   once the process has its own limits: the caller's may leave no memory for it.
    package static func run(_ arguments: () -> [[UInt8]]) throws(Refusal) {
        do { try ProcessSanitizer.sanitize() } catch { throw .surroundings(error) }
        AppArmorProfile.enter(profile)
        switch try Request(arguments()) {
        case .create(let creation):
            try Create.run(creation, with: try power())
        case .delete(let deletion):
            try Delete.run(deletion, with: try power())
            // liblxc counts on at least one byte, and takes the last one away.
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

    /// Begins with "lxc-" because those are the ones that Debian's profile for lxc-start lets it change to.
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
