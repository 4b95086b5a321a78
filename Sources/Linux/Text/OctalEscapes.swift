/// The octal escape of a byte, such as `\040` for a space in fstab(5).
package func octal(_ byte: UInt8) -> String {
    var text = "\\"
    for shift: UInt8 in [6, 3, 0] {
        text.unicodeScalars.append(Unicode.Scalar(0x30 + (byte >> shift & 7)))
    }
    return text
}

/// Decodes octal escapes: `\040` is a space, as in fstab(5).
package func unescaped(_ field: some Collection<UInt8>) -> [UInt8] {
    guard field.contains(0x5c) else { return Array(field) }
    var name: [UInt8] = []
    var rest = Array(field)[...]
    while let byte = rest.first {
        // A backslash without three octal digits after it is literal, as in DOMAIN\alice.
        if byte == 0x5c, let escape = octalValue(rest.dropFirst().prefix(3)) {
            name.append(escape)
            rest = rest.dropFirst(4)
        } else {
            name.append(byte)
            rest = rest.dropFirst()
        }
    }
    return name
}

private func octalValue(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    let value = digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    return UInt8(exactly: value)
}

/// Escapes the bytes that would end a field or change its meaning.
/// - Parameter isFirst: whether the name begins the field: there, `@` and `#` have a meaning, as
///   does `*` if it is the whole name.
package func escaped(_ name: [UInt8], isFirst: Bool) -> [UInt8] {
    var field: [UInt8] = []
    for (position, byte) in name.enumerated() {
        let wouldEndField = byte <= 0x20 || byte == 0x7f
        let wouldChangeMeaning =
            isFirst && position == 0
            && (byte == 0x40 || byte == 0x23 || byte == 0x2a && name.count == 1)
        let wouldBeEscape =
            byte == 0x5c && octalValue(name[(position + 1)...].prefix(3)) != nil
        if wouldEndField || wouldChangeMeaning || wouldBeEscape {
            field += Array(octal(byte).utf8)
        } else {
            field.append(byte)
        }
    }
    return field
}
