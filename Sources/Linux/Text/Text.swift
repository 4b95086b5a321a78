internal import CLinux

/// Bytes that somebody else chose, fit for one line on a terminal: what is not printable ASCII
/// becomes `\ooo`, and what is longer than anybody would read is cut.
package func printable(_ bytes: some Collection<UInt8>, limit: Int = 120) -> String {
    var text = ""
    for byte in bytes.prefix(limit) {
        if (0x20...0x7e).contains(byte) {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            text += octal(byte)
        }
    }
    return bytes.count > limit ? text + "..." : text
}

/// `\040` for a blank, as fstab(5) writes a byte that would end a field.
package func octal(_ byte: UInt8) -> String {
    var text = "\\"
    for shift: UInt8 in [6, 3, 0] {
        text.unicodeScalars.append(Unicode.Scalar(0x30 + (byte >> shift & 7)))
    }
    return text
}

extension [UInt8] {
    /// What stands between the two, at least a byte, or `nil` where they do not.
    package func between(_ start: String, _ end: String) -> ArraySlice<UInt8>? {
        guard count > start.utf8.count + end.utf8.count, self.starts(with: start.utf8),
            suffix(end.utf8.count).elementsEqual(end.utf8)
        else { return nil }
        return dropFirst(start.utf8.count).dropLast(end.utf8.count)
    }
}

/// Where a byte next stands, at the speed of the C library: a long text is mostly skipped over.
package func firstIndex(of byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    return unsafe bytes.withUnsafeBytes { all in
        let base = unsafe all.baseAddress.unsafelyUnwrapped
        let found = unsafe memchr(base + start, Int32(byte), all.count - start)
        return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
    }
}

/// Where the next blank stands, or the next byte that is none.
/// - Parameter end: at most the length of the bytes.
/// - Returns: `end`, if there is no such byte before it.
package func firstIndex(
    ofBlank wanted: Bool, in bytes: [UInt8], from start: Int, to end: Int
) -> Int {
    guard 0 <= start, start <= end, end <= bytes.count else { return end }
    return unsafe bytes.withUnsafeBytes { all in
        var position = start
        while unsafe position < end && isBlank(all[position]) != wanted { position += 1 }
        return position
    }
}

/// A space, a tab, or a carriage return: a file that was edited elsewhere means the same.
package func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }

/// Whether those bytes stand at that place: a comparison for long texts, where slices cost too
/// much.
package func stands(_ wanted: [UInt8], at place: Range<Int>, in bytes: [UInt8]) -> Bool {
    guard place.count == wanted.count, 0 <= place.lowerBound, place.upperBound <= bytes.count else {
        return false
    }
    return unsafe bytes.withUnsafeBytes { all in
        unsafe wanted.withUnsafeBytes { other in
            guard let base = all.baseAddress, let other = other.baseAddress else {
                return true
            }
            return unsafe memcmp(base + place.lowerBound, other, place.count) == 0
        }
    }
}

/// The bytes as C has text. What stands behind a zero byte is not passed on.
func withCString<Result, Failure: Error>(
    _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
) throws(Failure) -> Result {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    return try unsafe terminated.withUnsafeBufferPointer { (buffer) throws(Failure) in
        try unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
}
