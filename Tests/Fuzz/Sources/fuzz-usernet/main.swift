import FuzzDriver
import Linux
import Usernet

/// Any text is a lxc-usernet file. Invalid lines are reported with their numbers.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let usernet = UsernetFile(bytes)
    let lines = bytes.count { $0 == 0x0a } + 1
    for invalid in usernet.invalidLines {
        precondition((1...lines).contains(invalid.line))
        precondition(!invalid.error.description.isEmpty)
    }
    let own = usernet.lines(for: .none) { field throws(Never) in Owner(field: field) }
    for entry in own.entries {
        precondition(entry.count >= 0 && entry.bridge == .none)
        // The field of a parsed name is parsed as the same name.
        precondition(Owner(field: entry.owner.field) == entry.owner)
    }
    return 0
}

fuzz(test)
