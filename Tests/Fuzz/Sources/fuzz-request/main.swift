import FuzzDriver
import NIC
import Netlink

/// Parses the input as a command line. It is a request with valid names, or is refused with one
/// printable sentence.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    do throws(Refusal) {
        let request = try Request(words)
        precondition(InterfaceName(words[5]) != nil)
        if case .delete = request { precondition(words.count == 7) }
    } catch {
        let sentence = error.description.utf8
        precondition(!sentence.isEmpty && sentence.count < 1000)
        precondition(sentence.allSatisfy { (0x20...0x7e).contains($0) })
    }
    return 0
}

fuzz(test)
