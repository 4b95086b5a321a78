internal import CLinux

/// Watches a file for changes to its contents (inotify(7)): it was written, replaced, created or
/// removed. The path may be a symbolic link, and the file a mount point.
public struct FileWatch: ~Copyable {
    private let path: String
    /// -1 if the user has too many inotify(7) instances: changes are then not reported.
    private let descriptor: Int32
    private var last: [UInt8]?

    package init(of path: String) {
        self.path = path
        descriptor = linux_inotify()
        last = (try? SmallFile.contents(of: path)) ?? nil
        watch()
    }

    deinit { if descriptor != -1 { close(descriptor) } }

    /// The descriptor to poll, which poll(2) ignores if it is -1.
    package var pollDescriptor: Int32 { descriptor }

    /// Reads the pending inotify events.
    /// - Returns: whether the contents have changed since the last call.
    package mutating func drain() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while unsafe read(descriptor, &buffer, buffer.count) > 0 {}
        watch()
        let contents = (try? SmallFile.contents(of: path)) ?? nil
        defer { last = contents }
        return contents != last
    }

    /// Watches the directory of the path and of the target of each symbolic link, and the file
    /// itself, which is a different one once it has been replaced. Watching something twice has no
    /// effect.
    private borrowing func watch() {
        var place = path
        for _ in 0..<8 {
            let end = place.utf8.lastIndex(of: 0x2f) ?? place.startIndex
            let directory = end == place.startIndex ? "/" : String(place[..<end])
            _ = unsafe linux_inotify_watch(descriptor, directory)
            guard let target = try? SmallFile.target(of: place) else { break }
            let text = String(decoding: target, as: UTF8.self)
            place = text.utf8.first == 0x2f ? text : "\(directory)/\(text)"
        }
        _ = unsafe linux_inotify_watch(descriptor, place)
    }
}
