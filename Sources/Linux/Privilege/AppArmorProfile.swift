internal import CLinux

/// The AppArmor profile of this process, which the program itself enters and leaves.
///
/// Usually, the kernel selects the profile by the program's path at exec. It does not if the
/// parent's profile also confines its children, as Debian's profile for lxc-start does. A program
/// that executes another one must leave its profile first, because the other would inherit it.
package enum AppArmorProfile {
    /// The file that reports and changes the profile: see aa_change_profile(2). Does not exist
    /// without AppArmor.
    private static var path: String { "/proc/self/attr/apparmor/current" }

    /// Enters the profile (aa_change_profile(2)) if it is loaded and the current profile permits
    /// the change.
    package static func enter(_ profile: String) throws(Errno) {
        do { try SmallFile.write("changeprofile \(profile)", to: path) } catch {
            // The profile is not loaded, or a profile that the administrator chose forbids it.
            guard error == .ENOENT || error == .EACCES || isAbsent(error) else {
                throw error
            }
        }
    }

    /// Enters the profile only if the process is unconfined. Any other profile was chosen for the
    /// caller and must confine the program that this process executes.
    package static func enterIfUnconfined(_ profile: String) throws(Errno) {
        guard try label()?.elementsEqual("unconfined\n".utf8) == true else { return }
        try enter(profile)
    }

    /// Becomes unconfined if the process is in that profile.
    package static func leave(_ profile: String) throws(Errno) {
        guard try label()?.starts(with: "\(profile) (".utf8) == true else { return }
        try SmallFile.write("changeprofile unconfined", to: path)
    }

    /// The name and mode of the profile, such as `berth-run (enforce)`; `nil` without AppArmor, or
    /// if the profile forbids this process to read it.
    private static func label() throws(Errno) -> [UInt8]? {
        do { return try SmallFile.contents(of: path) } catch {
            guard error == .EACCES || isAbsent(error) else { throw error }
            return nil
        }
    }

    /// Whether the error means that AppArmor is not enabled: EOPNOTSUPP, or EINVAL before Linux
    /// 6.8. In a kernel without AppArmor, the file does not exist.
    private static func isAbsent(_ error: Errno) -> Bool {
        error == .ENOENT || error == .EINVAL || error == .EOPNOTSUPP
    }
}
