internal import Linux

/// Changes the ledger in place, with a journal, so that no remaining row is lost if the writer is
/// killed, or cannot write all of it (ENOSPC).
///
/// The new text, from the first line that differs, is first appended to the old one, between a line
/// `# rewrite START LENGTH` and a line `# end`. Then it is written in place, and the file is
/// truncated. A reader in between finds either the old text, or those two lines and between them
/// the text that replaces everything from START on.
enum LedgerRewrite {
    private static let head = Array("# rewrite ".utf8)
    private static let tail = Array("# end\n".utf8)

    static func changes(from old: [UInt8], to new: [UInt8]) -> [Ledger.Change] {
        // Replace whole lines, because a reader may see the file between any two of the changes.
        var start = zip(old, new).prefix { $0 == $1 }.count
        while start > 0, old[start - 1] != 0x0a { start -= 1 }
        let rest = Array(new[start...])
        if start == old.count { return rest.isEmpty ? [] : [.write(rest, at: start)] }
        if rest.isEmpty { return [.truncate(to: start)] }
        let newline: [UInt8] = old.last == 0x0a ? [] : [0x0a]
        let notice = head + Array("\(start) \(rest.count)\n".utf8)
        return [
            .write(newline + notice + rest + tail, at: old.count), .write(rest, at: start),
            .truncate(to: start + rest.count),
        ]
    }

    /// The text of a file with a torn write: its last writer was killed.
    static func recovered(from file: [UInt8]) -> [UInt8] {
        var complete: (start: Int, copy: Range<Int>)?
        var unfinished: Int?
        for line in Lines(bytes: file) where file[line].starts(with: head) {
            if let found = replacement(line, in: file) {
                // The last complete notice counts.
                complete = found
                unfinished = nil
            } else {
                // If several writers were killed, all text from the first incomplete notice on can
                // repeat rows.
                unfinished = unfinished ?? line.lowerBound
            }
        }
        var text = file
        if let (start, copy) = complete {
            text = Array(file[..<start]) + file[copy] + file[(copy.upperBound + tail.count)...]
        }
        guard let unfinished else { return text }
        return withoutRepeats(text, from: text.count - (file.count - unfinished))
    }

    /// - Parameter notice: a line that begins with `# rewrite `.
    /// - Returns: START and the range of the text that replaces everything from there on; `nil` if
    ///   its writer was killed before the text was complete.
    private static func replacement(
        _ notice: Range<Int>, in file: [UInt8]
    ) -> (start: Int, copy: Range<Int>)? {
        let numbers = words(of: file[notice].dropFirst(head.count))
        guard numbers.count == 2, let start = decimal(numbers[0], upTo: UInt64(notice.lowerBound)),
            let length = decimal(numbers[1], upTo: UInt64(file.count)),
            start == 0 || file[Int(start) - 1] == 0x0a
        else { return nil }
        let first = notice.upperBound + 1
        let end = first + Int(length)
        guard bytesEqual(tail, at: end..<end + tail.count, in: file) else { return nil }
        return (Int(start), first..<end)
    }

    /// Removes an incomplete copy, which repeats existing rows. Its last line may be part of a row.
    private static func withoutRepeats(_ text: [UInt8], from position: Int) -> [UInt8] {
        var kept = Array(text[..<position])
        let existing = SortedLines(Array(Lines(bytes: kept)), of: kept)
        for line in Lines(bytes: text) where line.lowerBound >= position {
            let next = text.dropFirst(line.upperBound + 1).first
            let mayBeCut = next == nil || next == 0x23
            if !existing.contains(text[line], asPrefix: mayBeCut) { kept += text[line] + [0x0a] }
        }
        return kept
    }
}
