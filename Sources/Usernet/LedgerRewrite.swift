internal import Linux

/// How the ledger's file changes in place without ever losing what is to stay.
///
/// From the first byte that changes, the new text is first written behind the old one, between a
/// line that says so, `# rewrite START LENGTH`, and a line `# end`. Then it is written where it
/// belongs, and then the file is cut. Whoever reads in between finds the old text whole, or else
/// those two lines, and between them what is to be read in place of all from START on.
enum LedgerRewrite {
    private static let head = Array("# rewrite ".utf8)
    private static let tail = Array("# end\n".utf8)

    static func changes(from old: [UInt8], to new: [UInt8]) -> [Ledger.Change] {
        // Whole lines only: a reader may come upon the file between any two of these.
        var start = zip(old, new).prefix { $0 == $1 }.count
        while start > 0, old[start - 1] != 0x0a { start -= 1 }
        let rest = Array(new[start...])
        if start == old.count { return rest.isEmpty ? [] : [.write(rest, at: start)] }
        if rest.isEmpty { return [.cut(to: start)] }
        let newline: [UInt8] = old.last == 0x0a ? [] : [0x0a]
        let notice = head + Array("\(start) \(rest.count)\n".utf8)
        return [
            .write(newline + notice + rest + tail, at: old.count), .write(rest, at: start),
            .cut(to: start + rest.count),
        ]
    }

    /// The text that a file means whose last writer was killed.
    static func meant(by file: [UInt8]) -> [UInt8] {
        var text = file
        var unfinished: Int?
        for line in Lines(bytes: file) where file[line].starts(with: head) {
            guard let (start, copy) = replacement(line, in: file) else {
                // Of several writers that were killed in turn, the first: all behind it repeats.
                unfinished = unfinished ?? line.lowerBound
                continue
            }
            // The last that is whole is the one to go by.
            text = Array(file[..<start]) + file[copy] + file[(copy.upperBound + tail.count)...]
            unfinished = nil
        }
        guard let unfinished else { return text }
        return withoutRepeats(text, from: text.count - (file.count - unfinished))
    }

    /// - Parameter notice: a line that begins like one.
    /// - Returns: from where on, and the place of what is to be read there; `nil` if its writer did
    ///   not get so far.
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
        guard stands(tail, at: end..<end + tail.count, in: file) else { return nil }
        return (Int(start), first..<end)
    }

    /// A copy that was cut short repeats rows that still stand in their place; its last line,
    /// before the next writer's first, may be the beginning of one.
    private static func withoutRepeats(_ text: [UInt8], from position: Int) -> [UInt8] {
        var kept = Array(text[..<position])
        let whole = Lines(bytes: kept).map { text[$0] }
        for line in Lines(bytes: text) where line.lowerBound >= position {
            let next = text.dropFirst(line.upperBound + 1).first
            let mayBeCut = next == nil || next == 0x23
            let isRepeated = whole.contains {
                $0 == text[line] || mayBeCut && $0.starts(with: text[line])
            }
            if !isRepeated { kept += text[line] + [0x0a] }
        }
        return kept
    }
}
