/// A program's own AppArmor profile, taken up and laid aside by the program itself.
///
/// Most programs are put into theirs by the kernel, which knows them by their path. That does not do where
/// another profile says that what it starts stays in it, as Debian's for lxc-start does; nor for a program
/// that becomes another one in the end, which is to be confined as if it had been started directly.
package enum AppArmorProfile {
    /// Where the kernel tells and takes it: see aa_change_profile(2). Not there without AppArmor.
    private static var place: String { "/proc/self/attr/apparmor/current" }

    /// Goes on in that profile, if there is one of that name, and what confines this process now lets it.
    package static func enter(_ profile: String) {
        try? SmallFile.write("changeprofile \(profile)", to: place)
    }

    /// The same, but only where nothing confines this process. Anything else was chosen for its caller, and
    /// is to hold for what this process becomes.
    package static func enterIfUnconfined(_ profile: String) {
        guard label?.elementsEqual("unconfined\n".utf8) == true else { return }
        enter(profile)
    }

    /// Goes on unconfined, if the process is in that profile.
    package static func leave(_ profile: String) throws(Errno) {
        // What cannot be told needs no error: a program that stays in the profile cannot start another.
        guard label?.starts(with: "\(profile) (".utf8) == true else { return }
        try SmallFile.write("changeprofile unconfined", to: place)
    }

    /// The profile's name and its mode, such as `berth-run (enforce)`.
    private static var label: [UInt8]? { (try? SmallFile.contents(of: place)) ?? nil }
}
