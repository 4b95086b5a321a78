import FuzzDriver
import Linux
import UserFiles

/// Parses the input as a transcript: a user controls the process that writes it. Its answers are
/// bounded, and each fits its question.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let transcript = Transcript(bytes)
    // A question takes five bytes at least.
    precondition(transcript.records.count <= count / 5)
    var replay = Replay(transcript, .noAnswer)
    for record in transcript.records {
        let path = UntrustedText(record.path)
        precondition(path.quoted.utf8.allSatisfy { (0x21...0x7e).contains($0) })
        switch record.question {
        case .contents: precondition(((try? replay.contents(of: path)) ?? nil)?.count ?? 0 <= count)
        case .beginning:
            precondition(((try? replay.beginning(of: path)) ?? nil)?.count ?? 0 <= count)
        case .names:
            for name in ((try? replay.names(in: path)) ?? nil) ?? [] {
                precondition(!name.isEmpty && !name.contains(0x2f) && !name.contains(0))
            }
        case .attributes:
            let file = (try? replay.attributes(of: path)) ?? nil
            precondition(file?.mode ?? 0 <= 0o7777)
        case .target: _ = try? replay.target(of: path)
        }
    }
    let rest = replay.answer(.contents, Array("/".utf8))
    precondition(rest == .unread(transcript.isSound ? .noAnswer : .readerFailed))
    return 0
}

fuzz(test)
