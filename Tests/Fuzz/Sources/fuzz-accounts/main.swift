import FuzzDriver
import Glibc
import Linux

/// Parses the input as a passwd(5) and a group(5) file. Up to the first line that is left to the C
/// library, it has the entries that the C library reads.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    for database in [AccountDatabase.passwd, .group] {
        let (read, end) = entries(of: bytes, database)
        let known = libraryEntries(of: Array(bytes[..<end]), database)
        precondition(read == known, "\(database): \(read) instead of \(known)")
    }
    return 0
}

private struct Entry: Equatable {
    let name: [UInt8]
    let number: UInt32
}

/// - Returns: the entries before the first line that is left to the C library, and where it begins.
private func entries(
    of bytes: [UInt8], _ database: AccountDatabase
) -> (entries: [Entry], end: Int) {
    var lines = AccountLines(database)
    var entries: [Entry] = []
    var start = 0
    for place in 0...bytes.count {
        guard let line = place < bytes.count ? lines.add(bytes[place]) : lines.finish() else {
            continue
        }
        switch line {
        case .none: break
        case .entry(let name, let number): entries.append(Entry(name: name, number: number))
        case .odd: return (entries, start)
        }
        start = place + 1
    }
    return (entries, bytes.count)
}

private func libraryEntries(of bytes: [UInt8], _ database: AccountDatabase) -> [Entry] {
    // fmemopen(3) refuses an empty buffer.
    guard !bytes.isEmpty else { return [] }
    var bytes = bytes
    return bytes.withUnsafeMutableBytes { buffer in
        guard let file = fmemopen(buffer.baseAddress, buffer.count, "r") else {
            fatalError("fmemopen fails")
        }
        defer { fclose(file) }
        var entries: [Entry] = []
        while let (name, number) = next(in: file, database) {
            entries.append(
                Entry(
                    name: Array(UnsafeRawBufferPointer(start: name, count: strlen(name))),
                    number: number))
        }
        return entries
    }
}

private func next(
    in file: UnsafeMutablePointer<FILE>, _ database: AccountDatabase
) -> (UnsafeMutablePointer<CChar>, UInt32)? {
    switch database {
    case .passwd: fgetpwent(file).map { ($0.pointee.pw_name, $0.pointee.pw_uid) }
    case .group: fgetgrent(file).map { ($0.pointee.gr_name, $0.pointee.gr_gid) }
    }
}

fuzz(test)
