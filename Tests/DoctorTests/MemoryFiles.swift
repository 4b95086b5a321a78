import Linux
import UserFiles

/// The files of a user, in memory: texts are regular files, and their paths imply the directories.
struct MemoryFiles: FileReader {
    var links: [String: String] = [:]
    var texts: [String: String] = [:]
    var modes: [String: UInt32] = [:]
    /// Directories that may be listed, but not searched.
    var closed: [String] = []

    private var paths: [String] { Array(links.keys) + Array(texts.keys) }

    mutating func answer(_ question: Question, _ path: [UInt8]) -> Answer {
        var path = String(decoding: path, as: UTF8.self)
        if closed.contains(where: { path.hasPrefix($0 + "/") }) {
            return .unread(.refused(.failed(.EACCES)))
        }
        if question == .target { return links[path].map { .target(Array($0.utf8)) } ?? .absent }
        for _ in 0..<40 {
            guard let target = links[path] else { break }
            path = target
        }
        let names = Set(
            paths.filter { $0.hasPrefix(path + "/") }.compactMap {
                $0.dropFirst(path.count + 1).split(separator: "/").first.map(String.init)
            })
        switch question {
        case .contents, .beginning:
            return texts[path].map { .contents(Array($0.utf8)) } ?? .absent
        case .names: return names.isEmpty ? .absent : .names(names.sorted().map { Array($0.utf8) })
        case .attributes:
            guard texts[path] != nil || !names.isEmpty else { return .absent }
            var file = FileAttributes(
                owner: UserID(100_000), group: GroupID(100_000), mode: modes[path] ?? 0o755)
            file.kind = texts[path] == nil ? .directory : .regular
            return .attributes(file)
        case .target: return .absent
        }
    }
}
