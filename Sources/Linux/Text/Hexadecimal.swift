/// Bytes as pairs of lower-case hexadecimal digits.
package func hexadecimal(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
    var text = ""
    for byte in bytes {
        if !text.utf8.isEmpty { text += separator }
        for digit in [byte >> 4, byte & 15] {
            text.unicodeScalars.append(Unicode.Scalar(digit < 10 ? 0x30 + digit : 0x57 + digit))
        }
    }
    return text
}

/// Parses one or two hexadecimal digits.
package func hexadecimalByte(_ digits: some Collection<UInt8>) -> UInt8? {
    guard (1...2).contains(digits.count) else { return nil }
    var value: UInt8 = 0
    for digit in digits {
        switch digit {
        case 0x30...0x39: value = value << 4 | (digit - 0x30)
        case 0x41...0x46: value = value << 4 | (digit - 0x37)
        case 0x61...0x66: value = value << 4 | (digit - 0x57)
        default: return nil
        }
    }
    return value
}
