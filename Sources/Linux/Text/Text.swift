internal import CLinux

/// Untrusted bytes as one line of printable ASCII. Other bytes become `\ooo`, and those beyond the
/// limit `...`.
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

/// The octal escape of a byte, such as `\040` for a space in fstab(5).
package func octal(_ byte: UInt8) -> String {
    var text = "\\"
    for shift: UInt8 in [6, 3, 0] {
        text.unicodeScalars.append(Unicode.Scalar(0x30 + (byte >> shift & 7)))
    }
    return text
}

extension [UInt8] {
    /// The bytes between a prefix and a suffix; `nil` without them, or if nothing is between them.
    package func between(_ start: String, _ end: String) -> ArraySlice<UInt8>? {
        guard count > start.utf8.count + end.utf8.count, self.starts(with: start.utf8),
            suffix(end.utf8.count).elementsEqual(end.utf8)
        else { return nil }
        return dropFirst(start.utf8.count).dropLast(end.utf8.count)
    }
}

/// The position of the next such byte, found with memchr(3).
package func firstIndex(of byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    return unsafe bytes.withUnsafeBytes { all in
        let base = unsafe all.baseAddress.unsafelyUnwrapped
        let found = unsafe memchr(base + start, Int32(byte), all.count - start)
        return unsafe found.map { unsafe UnsafeRawPointer($0) - base }
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

/// Whether the bytes in that range are the wanted ones. Faster than comparing slices.
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

/// The bytes as a C string, which ends at their first zero byte.
func withCString<Result, Failure: Error>(
    _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
) throws(Failure) -> Result {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    return try unsafe terminated.withUnsafeBufferPointer { (buffer) throws(Failure) in
        try unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
}

/// Parses a decimal number without sign or blanks; `nil` if it exceeds the limit.
package func decimal(_ digits: ArraySlice<UInt8>, upTo limit: UInt64) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 20 else { return nil }
    var number: UInt64 = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - 0x30))
        guard !overflow, !carry, sum <= limit else { return nil }
        number = sum
    }
    return number
}

/// The names that are safe for shell completion. bash expands the words that it gets, including
/// commands in them, and takes a word that begins with a dash for an option.
package func completable(_ names: [String]) -> [String] {
    names.filter { name in
        !name.utf8.isEmpty && name.utf8.first != 0x2d
            && name.utf8.allSatisfy { byte in
                (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x30...0x39).contains(byte) || "._-@+".utf8.contains(byte)
            }
    }
}
