internal import CLinux

/// The position of the next occurrence of a byte, found with memchr(3).
/// - Parameter end: where to stop; at most the number of bytes, which is the default.
package func firstIndex(
    of byte: UInt8, in bytes: [UInt8], from start: Int, to end: Int? = nil
) -> Int? {
    let end = end ?? bytes.count
    guard 0 <= start, start < end, end <= bytes.count else { return nil }
    return unsafe bytes.withUnsafeBytes { all in
        let base = unsafe all.baseAddress.unsafelyUnwrapped
        let found = unsafe memchr(base + start, Int32(byte), end - start)
        return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
    }
}

/// The position of the next occurrence of a word, found with memmem(3).
package func firstIndex(of word: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    return unsafe bytes.withUnsafeBytes { all in
        unsafe word.withUnsafeBytes { word in
            let base = unsafe all.baseAddress.unsafelyUnwrapped
            let found = unsafe linux_memmem(
                base + start, all.count - start, word.baseAddress, word.count)
            return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
        }
    }
}

/// The position of the next blank, or of the next byte that is not one.
/// - Parameter end: where to stop, at most the number of bytes.
/// - Returns: `end` if no such byte is before it.
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

/// A space, a tab, or a carriage return, which a file edited on Windows has before each newline.
package func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }

/// Whether the bytes in that range equal `wanted`. Faster than comparing slices.
package func bytesEqual(_ wanted: [UInt8], at place: Range<Int>, in bytes: [UInt8]) -> Bool {
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

extension [UInt8] {
    /// The bytes between a prefix and a suffix; `nil` if one of these is missing, or if nothing is
    /// between them.
    package func between(_ start: String, _ end: String) -> ArraySlice<UInt8>? {
        guard count > start.utf8.count + end.utf8.count, self.starts(with: start.utf8),
            suffix(end.utf8.count).elementsEqual(end.utf8)
        else { return nil }
        return dropFirst(start.utf8.count).dropLast(end.utf8.count)
    }
}

/// The order of two texts by their bytes: negative, 0 or positive, as from memcmp(3). If one text
/// is a prefix of the other, it comes first.
package func compareBytes(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Int {
    let order = unsafe one.withUnsafeBytes { one in
        unsafe other.withUnsafeBytes { other in
            guard let start = one.baseAddress, let otherStart = other.baseAddress else {
                return Int32(0)
            }
            return unsafe memcmp(start, otherStart, min(one.count, other.count))
        }
    }
    return order == 0 ? one.count - other.count : Int(order)
}
