import FuzzDriver
import Linux
import Usernet

/// Any text is a policy: lines that cannot be understood are named, and no line is lost.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let usernet = UsernetFile(bytes)
    let lines = bytes.count { $0 == 0x0a } + 1
    for fault in usernet.faults {
        precondition((1...lines).contains(fault.line))
        precondition(!fault.fault.description.isEmpty)
    }
    let own = usernet.lines(for: .none) { field throws(Never) in Owner(field: field) }
    for entry in own.entries {
        precondition(entry.count >= 0 && entry.bridge == .none)
        // What was read as a name is read as the same name again.
        precondition(Owner(field: entry.owner.field) == entry.owner)
    }
    return 0
}

fuzz(test)
