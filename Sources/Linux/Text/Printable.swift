/// Escapes untrusted bytes, to print them as one line of ASCII, so that they cannot forge further
/// lines (log injection). Unprintable bytes become `\ooo`, and those beyond the limit `...`. For
/// one word, or in quotation marks, use ``UntrustedText``.
package func printable(_ bytes: some Collection<UInt8>, limit: Int = 120) -> String {
    if bytes.count <= limit, bytes.allSatisfy(isPrintable) {
        return String(decoding: bytes, as: UTF8.self)
    }
    var text = ""
    for byte in bytes.prefix(limit) {
        if isPrintable(byte) {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            text += octal(byte)
        }
    }
    return bytes.count > limit ? text + "..." : text
}

private func isPrintable(_ byte: UInt8) -> Bool { (0x20...0x7e).contains(byte) }
