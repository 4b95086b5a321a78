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
