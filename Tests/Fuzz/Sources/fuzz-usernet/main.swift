import FuzzDriver
import Linux
import Usernet

/// Parses the input as an lxc-usernet file. Invalid lines are reported with their numbers.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let usernet = UsernetFile(bytes)
    let lines = bytes.count { $0 == 0x0a } + 1
    for invalid in usernet.invalidLines {
        precondition((1...lines).contains(invalid.line))
        precondition(!invalid.error.description.isEmpty)
    }
    var caller = EveryOwner()
    let own = usernet.lines(for: .none, of: &caller)
    for line in own.lines {
        let entry = line.entry
        precondition(entry.count >= 0 && entry.bridge == .none)
        // The field of a parsed name is parsed as the same name.
        precondition(Owner(field: line.owner.field) == line.owner)
        precondition(Grantee(field: entry.grantee.field) == entry.grantee)
        // A line that is written again from its parts is the same line.
        let words = [entry.grantee.field, veth, Array("none".utf8), Array("\(entry.count)".utf8)]
        let text =
            words.joined(separator: [0x20])
            + entry.options.words.flatMap { [0x20] + $0.utf8 }
        precondition((try? UsernetEntry(Array(text)[...], line: entry.line)) == entry)
        // With one more word, the line grants nothing.
        precondition((try? UsernetEntry(Array(text)[...] + " x".utf8, line: 1)) == nil)
    }
    // Lines for `*` do not apply to a user whom another line names.
    let isNamed = own.lines.contains { $0.entry.grantee != .everybody }
    precondition(!isNamed || own.lines.allSatisfy { $0.entry.grantee != .everybody })
    return 0
}

/// A user with every name, in every group.
private struct EveryOwner: UsernetCaller {
    let user: Owner? = .user(Array("eve".utf8))
    func owner(_ field: ArraySlice<UInt8>) throws(Never) -> Owner? { Owner(field: field) }
    func exclusionFromEverybody() -> AccountPolicy.Exclusion? { nil }
}

fuzz(test)
