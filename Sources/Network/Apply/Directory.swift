internal import Linux

/// A directory into which berth-net or dnsmasq writes.
enum Directory {
    /// Creates the directory if it does not exist. Under SELinux it gets the label with which
    /// dnsmasq may write into it.
    static func create(_ path: String) throws(Failure) {
        guard !SmallFile.exists(path) else { return }
        do { try SmallFile.makeDirectory(path) } catch {
            throw Failure("cannot create the directory \(path): \(error)")
        }
        if let program = ExternalProgram(named: "restorecon") { _ = try? program.run([path]) }
    }
}
