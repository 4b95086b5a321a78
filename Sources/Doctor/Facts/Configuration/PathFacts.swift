internal import Linux
internal import UserFiles

/// A path that a configuration names, and the directories that lead to it.
struct PathFacts: Equatable, Sendable {
    struct Directory: Equatable, Sendable {
        let path: UntrustedText
        let file: FileAttributes
    }

    enum Status: Equatable, Sendable {
        case found(FileAttributes)
        case missing
        case unread(UnreadReason)

        var exists: Bool {
            if case .found = self { return true }
            return false
        }
    }

    let path: UntrustedText
    let status: Status
    /// The directories above it that were examined, beginning with `/`.
    let directories: [Directory]

    var file: FileAttributes? {
        if case .found(let file) = status { return file }
        return nil
    }

    /// The first directory on the path that the user may not search, so the path is closed to that
    /// user.
    func closedDirectory(to user: UserID, _ groups: [GroupID]) -> Directory? {
        directories.first { !$0.file.permits(user, groups, .search) }
    }
}

/// The attributes of files, each asked for once. Many lines of a configuration name paths with the
/// same directories.
struct PathCache {
    private var known: [[UInt8]: PathFacts.Status] = [:]
    private var links: [[UInt8]: [UInt8]?] = [:]

    /// - Parameter path: an absolute one.
    mutating func facts(
        of path: UntrustedText, from files: inout some FileReader
    ) -> PathFacts {
        var directories: [PathFacts.Directory] = []
        var place: [UInt8] = []
        for name in [[]] + path.bytes.split(separator: 0x2f).dropLast().map({ Array($0) }) {
            if !name.isEmpty { place += [0x2f] + name }
            let directory = UntrustedText(place.isEmpty ? [0x2f] : place)
            guard case .found(let file) = status(of: directory, from: &files) else { break }
            directories.append(PathFacts.Directory(path: directory, file: file))
        }
        return PathFacts(
            path: path, status: status(of: path, from: &files), directories: directories)
    }

    mutating func status(
        of path: UntrustedText, from files: inout some FileReader
    ) -> PathFacts.Status {
        if let status = known[path.bytes] { return status }
        let status: PathFacts.Status
        do throws(UnreadReason) {
            status = try files.attributes(of: path).map { .found($0) } ?? .missing
        } catch { status = .unread(error) }
        known[path.bytes] = status
        return status
    }

    /// The target of a symbolic link; `nil` for anything else.
    mutating func target(
        of path: UntrustedText, from files: inout some FileReader
    ) -> [UInt8]? {
        if let target = links[path.bytes] { return target }
        let target = (try? files.target(of: path)) ?? nil
        links[path.bytes] = .some(target)
        return target
    }
}
