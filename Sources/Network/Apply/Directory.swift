internal import Linux

/// A directory that this program or dnsmasq writes into.
enum Directory {
    /// Makes it if it is not there. Where SELinux is at work, it gets the label under which dnsmasq may
    /// write into it.
    static func make(_ path: String) throws(Failure) {
        guard !SmallFile.exists(path) else { return }
        do { try SmallFile.makeDirectory(path) } catch {
            throw Failure("cannot make the directory \(path): \(error)")
        }
        if let program = ExternalProgram(named: "restorecon") { _ = try? program.run([path]) }
    }
}
