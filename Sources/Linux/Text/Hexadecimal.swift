/// Bytes as pairs of lower-case hexadecimal digits.
package func hexadecimal(_ bytes: some Sequence<UInt8>, separator: String = "") -> String {
    var text: [UInt8] = []
    for byte in Array(bytes) {
        if !text.isEmpty { text += separator.utf8 }
        text.append(lowercaseDigit(byte >> 4))
        text.append(lowercaseDigit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
}

private func lowercaseDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

/// Parses one or two hexadecimal digits.
package func hexadecimalByte(_ digits: ArraySlice<UInt8>) -> UInt8? {
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
