/// A text of lines that end in a newline, by the places where they lie.
package struct Lines: Sequence {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: each line's place, without its newline; the last may lack one.
    package func makeIterator() -> Places { Places(bytes: bytes) }

    package struct Places: IteratorProtocol {
        fileprivate let bytes: [UInt8]
        private var start = 0

        fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

        package mutating func next() -> Range<Int>? {
            guard start < bytes.count else { return nil }
            let end = firstIndex(of: 0x0a, in: bytes, from: start) ?? bytes.count
            defer { start = end + 1 }
            return start..<end
        }
    }
}

/// The next word of a line, and the position behind it. Places and not copies: of thousands of
/// lines few are anybody's.
/// - Parameter position: where to look from.
/// - Parameter end: where the line ends.
/// - Returns: where the word lies; `nil` if only blanks are left.
package func nextWord(in bytes: [UInt8], from position: inout Int, to end: Int) -> Range<Int>? {
    let start = firstIndex(ofBlank: false, in: bytes, from: position, to: end)
    position = firstIndex(ofBlank: true, in: bytes, from: start, to: end)
    return start < position ? start..<position : nil
}

/// The words of a line, parted by blanks.
package func words(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    line.split(whereSeparator: isBlank)
}
