internal import Linux

extension PathFacts {
    /// Why the user cannot write the file or create it, with the directories that lead to it, as
    /// the end of a sentence; `nil` if they can.
    func writeObstacle(for target: TargetUser) -> String? {
        switch status {
        case .unread:
            return closedDirectory(to: target.user, target.groups).map {
                "is in \($0.path.quoted), which \(target.name) may not search"
            }
        case .found(let file):
            if file.isDirectory { return "is a directory" }
            guard !file.isDevice else { return nil }
            if file.isOnReadOnly { return "is on a file system that is mounted read-only" }
            return file.permits(target.user, target.groups, .write)
                ? nil
                : "may not be written by \(target.name): it belongs to user \(file.owner.number)"
        case .missing:
            guard let directory = directories.last else { return nil }
            let file = directory.file
            if file.isOnReadOnly || file.isOnFull {
                return "cannot be created, because the file system of \(directory.path.quoted) is "
                    + (file.isOnReadOnly ? "mounted read-only" : "full")
            }
            guard file.permits(target.user, target.groups, .write),
                file.permits(target.user, target.groups, .search)
            else {
                return
                    "cannot be created in \(directory.path.quoted) by \(target.name): it belongs "
                    + "to user \(file.owner.number)"
            }
            return nil
        }
    }
}
