package import Linux

/// Text of a user, a container or a log in lines that begin with a bar, so that none of them looks
/// like a line of this program. Bytes other than printable ASCII become `\ooo`.
/// - Parameter limit: how many bytes to print.
package func quotedLines(
    _ text: UntrustedText, indentedBy indent: Int, limit: Int = 400
) -> [String] {
    let bar = "| "
    let width = TerminalCapabilities.width - indent - bar.utf8.count
    var lines: [String] = []
    var line = ""
    for var word in printable(text.bytes, limit: limit).split(separator: " ") {
        if !line.isEmpty, line.utf8.count + 1 + word.utf8.count <= width {
            line += " " + word
            continue
        }
        if !line.isEmpty { lines.append(line) }
        // A terminal would wrap a longer word onto a line that does not begin with a bar.
        while word.utf8.count > width {
            lines.append(String(word.prefix(width)))
            word = word.dropFirst(width)
        }
        line = String(word)
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    let margin = String(repeating: " ", count: indent) + bar
    return lines.map { margin + $0 }
}
