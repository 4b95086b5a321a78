/// Text whose lines are wrapped at blanks.
struct WrappedText {
    private(set) var text = ""
    private static let width = 80

    mutating func add(_ paragraph: String, _ indent: Int) {
        let words = paragraph.split(separator: " ")
        let margin = String(repeating: " ", count: indent)
        var line = margin
        var isFirst = true
        for word in words {
            if !isFirst, line.utf8.count + 1 + word.utf8.count > Self.width {
                text += line + "\n"
                line = margin + "    "
                isFirst = true
            }
            line += (isFirst ? "" : " ") + word
            isFirst = false
        }
        text += line + "\n"
    }
}
