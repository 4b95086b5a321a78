internal import Linux
internal import UserFiles

extension RootFileSystem {
    /// A regular file of the container, and its path on the host; `nil` if it cannot be read.
    func contents(
        of path: UntrustedText, _ cache: inout PathCache, from files: inout some FileReader
    ) -> (path: UntrustedText, bytes: [UInt8])? {
        guard case .file(let file, let place) = find(path, &cache, from: &files).found,
            file.isRegular, let bytes = (try? files.contents(of: place)) ?? nil
        else { return nil }
        return (place, bytes)
    }

    /// The names in a directory of the container; `nil` if it cannot be read.
    func names(
        in path: UntrustedText, _ cache: inout PathCache, from files: inout some FileReader
    ) -> [[UInt8]]? {
        guard case .file(let file, let place) = find(path, &cache, from: &files).found,
            file.isDirectory
        else { return nil }
        return (try? files.names(in: place)) ?? nil
    }

    /// Whether a file exists; `nil` if that cannot be known. A directory that the user may not
    /// search can still be listed.
    func exists(
        _ path: UntrustedText, _ cache: inout PathCache, from files: inout some FileReader
    ) -> Bool? {
        switch find(path, &cache, from: &files).found {
        case .file: return true
        case .missing: return false
        case .hidden: return nil
        case .unread:
            let parts = Self.names(in: path)
            guard let name = parts.last else { return nil }
            let directory = UntrustedText(parts.dropLast().flatMap { [0x2f] + $0 })
            return names(in: directory, &cache, from: &files).map { $0.contains(name) }
        }
    }

    /// Whether a program of that name is in one of the directories in which programs are looked
    /// up; `nil` if that cannot be known.
    func hasProgram(
        _ name: String, _ cache: inout PathCache, from files: inout some FileReader
    ) -> Bool? {
        var isKnown = true
        for directory in ProgramHeader.searchedDirectories {
            switch exists(UntrustedText("\(directory)/\(name)"), &cache, from: &files) {
            case true?: return true
            case false?: continue
            case nil: isKnown = false
            }
        }
        return isKnown ? false : nil
    }
}
