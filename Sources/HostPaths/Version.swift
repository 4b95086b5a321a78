/// The version of Berth: of its programs, manual pages, Debian package and source archive.
///
/// The Makefile and etc/debian read it from this file.
package enum Version {
    package static let number = "1.0.0"
    /// The release date, in the form of mdoc(7).
    package static let date = "November 30, 2026"
}
