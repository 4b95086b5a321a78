internal import CLinux

/// A file that decides what people may do, and that therefore only root may write.
package struct TrustedFile: ~Copyable {
    private let descriptor: Descriptor
    private let size: Int

    package enum TrustError: Error {
        case missing
        /// Somebody other than root may write the file, or put another in its place.
        case writableByOthers(path: String)
        case notAFile
        case unreadable(Errno)
    }

    /// Opens `directory/name`. Who can write the directory can put another file in its place, so
    /// the directory is held to the same rule; a symbolic link in it was then made by root.
    package static func open(
        _ name: String, in directory: String, with power: borrowing RootPrivilege
    ) throws(TrustError) -> TrustedFile {
        try open(name, in: directory)
    }

    /// The same as whoever this process is at the moment.
    package static func open(
        _ name: String, in directory: String
    ) throws(TrustError) -> TrustedFile {
        let path = "\(directory)/\(name)"
        let parent = try known { () throws(Errno) in
            try FileStatus(of: directory, followingLinks: true)
        }
        guard parent.onlyRootWrites else { throw .writableByOthers(path: directory) }
        // O_NONBLOCK: nobody waits here for the writer of a FIFO.
        let file = try known { () throws(Errno) in
            try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        }
        let status = try known { () throws(Errno) in try file.status() }
        guard status.isRegular else { throw .notAFile }
        guard status.onlyRootWrites else { throw .writableByOthers(path: path) }
        return TrustedFile(descriptor: file, size: status.size)
    }

    package borrowing func contents() throws(TrustError) -> [UInt8] {
        do { return try descriptor.contents(expected: size) } catch { throw .unreadable(error) }
    }

    private static func known<Answer: ~Copyable>(
        _ question: () throws(Errno) -> Answer
    ) throws(TrustError) -> Answer {
        do { return try question() } catch {
            throw error == .notFound ? .missing : .unreadable(error)
        }
    }
}
