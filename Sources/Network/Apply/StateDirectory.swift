internal import Linux

/// A directory in which berth-net or dnsmasq writes files. Not left to tmpfiles.d(5), because Berth
/// also runs without systemd.
enum StateDirectory {
    /// Creates the directory if missing, with the SELinux label that lets dnsmasq write to it.
    static func create(_ path: String) throws(Failure) {
        guard !SmallFile.exists(path) else { return }
        do { try SmallFile.makeDirectory(path) } catch {
            throw Failure("cannot create the directory \(path): \(error)")
        }
        if let program = ExternalProgram(named: "restorecon") { _ = try? program.run([path]) }
    }
}
