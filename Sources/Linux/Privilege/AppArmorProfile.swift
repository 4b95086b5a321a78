/// The AppArmor profile of this process, which the program itself enters and leaves.
///
/// Usually the kernel selects the profile by the program's path at exec. That fails where the
/// parent's profile also confines its children, as Debian's for lxc-start does; and a program that
/// executes another one must not pass its own profile on.
package enum AppArmorProfile {
    /// Reports and changes the profile: see aa_change_profile(2). Missing without AppArmor.
    private static var place: String { "/proc/self/attr/apparmor/current" }

    /// Enters the profile if it is loaded and the current profile permits the change.
    package static func enter(_ profile: String) {
        try? SmallFile.write("changeprofile \(profile)", to: place)
    }

    /// Enters the profile only if the process is unconfined. Any other profile was chosen for the
    /// caller and must confine the program that this process executes.
    package static func enterIfUnconfined(_ profile: String) {
        guard label?.elementsEqual("unconfined\n".utf8) == true else { return }
        enter(profile)
    }

    /// Becomes unconfined if the process is in that profile.
    package static func leave(_ profile: String) throws(Errno) {
        // Ignore an unreadable label: if the program is still in the profile, the exec fails.
        guard label?.starts(with: "\(profile) (".utf8) == true else { return }
        try SmallFile.write("changeprofile unconfined", to: place)
    }

    /// The name and mode of the profile, such as `berth-run (enforce)`.
    private static var label: [UInt8]? { (try? SmallFile.contents(of: place)) ?? nil }
}
