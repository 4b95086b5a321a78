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
