import FuzzDriver
import Linux

/// Parses the input as an nsswitch.conf(5). The file decides only where exactly one line of the
/// text is for the database, and begins with the source `files`.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    for (database, name) in [(AccountDatabase.passwd, "passwd"), (.group, "group")] {
        let role = database.fileRole(in: bytes)
        let lines = bytes.split(separator: 0x0a).map { words(of: $0) }
            .filter { $0.first?.starts(with: name.utf8) ?? false }
        if role != .unknown {
            // `passwd:files` is one word, and `passwd_compat:` another name.
            let own = lines.filter { line in
                let rest = line[0].dropFirst(name.utf8.count)
                return rest.isEmpty || rest.first == 0x3a
            }
            precondition(own.count == 1)
            let sources = words(of: own[0].joined(separator: [0x20]).dropFirst(name.utf8.count + 1))
            precondition(sources.first.map { $0.elementsEqual("files".utf8) } ?? false)
            precondition((sources.count == 1) == (role == .only))
        }
        // A comment and the line of another database change nothing. With a second line for
        // the database, the file decides nothing.
        let line = Array("\n\(name): files\n".utf8)
        precondition(database.fileRole(in: bytes + "\n# \(name): sss\nhosts: dns".utf8) == role)
        precondition(role == .unknown || database.fileRole(in: bytes + line) == .unknown)
        precondition(role == .unknown || database.fileRole(in: line + bytes) == .unknown)
    }
    return 0
}

private func words(of text: some Sequence<UInt8>) -> [ArraySlice<UInt8>] {
    Array(text).split { $0 == 0x20 || $0 == 0x09 }
}

fuzz(test)
