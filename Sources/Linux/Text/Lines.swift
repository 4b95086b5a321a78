/// A text as a sequence of lines, each given by its range of bytes.
package struct Lines: Sequence {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: the range of each line without its newline, which the last line may lack.
    package func makeIterator() -> Iterator { Iterator(bytes: bytes) }

    package struct Iterator: IteratorProtocol {
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

extension Lines {
    /// The lines, without leading blanks, that are neither blank nor comments; numbered from 1.
    package var entries: Entries { Entries(lines: makeIterator()) }

    package struct Entries: Sequence, IteratorProtocol {
        fileprivate var lines: Iterator
        private var number = 0

        fileprivate init(lines: Iterator) { self.lines = lines }

        package mutating func next() -> (number: Int, place: Range<Int>)? {
            while let line = lines.next() {
                number += 1
                guard let place = entryRange(in: lines.bytes, at: line) else { continue }
                return (number, place)
            }
            return nil
        }
    }
}

/// A line without leading blanks; `nil` if it is blank or a comment.
package func entryRange(in bytes: [UInt8], at line: Range<Int>) -> Range<Int>? {
    let start = firstIndex(
        ofBlank: false, in: bytes, from: line.lowerBound, to: line.upperBound)
    guard start < line.upperBound, bytes[start] != 0x23 else { return nil }
    return start..<line.upperBound
}

/// Finds the next word of a line. Returns a range, not a copy, because most lines do not concern
/// the caller.
/// - Parameter position: where to begin; afterwards the end of the word.
/// - Parameter end: the end of the line.
/// - Returns: the range of the word; `nil` if only blanks are left.
package func nextWord(in bytes: [UInt8], from position: inout Int, to end: Int) -> Range<Int>? {
    let start = firstIndex(ofBlank: false, in: bytes, from: position, to: end)
    position = firstIndex(ofBlank: true, in: bytes, from: start, to: end)
    return start < position ? start..<position : nil
}

/// The words of a line of lxc-usernet or lxc-usercgroup, without the comment that may follow them.
/// A `#` inside a word belongs to the word.
package func wordsBeforeComment(of line: ArraySlice<UInt8>) -> ArraySlice<ArraySlice<UInt8>> {
    words(of: line).prefix { $0.first != 0x23 }
}

/// The words of a line, separated by blanks.
package func words(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    line.split(whereSeparator: isBlank)
}
