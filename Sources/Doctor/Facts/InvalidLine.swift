internal import Linux

extension ArraySlice<UInt8> {
    /// Whether a line without effect is a comment in the syntax of other programs, or one after a
    /// byte order mark.
    var isComment: Bool {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = (starts(with: mark) ? dropFirst(mark.count) : self).drop(while: isBlank)
        return text.isEmpty || text.first == 0x23 || text.first == 0x3b
            || text.starts(with: "//".utf8)
    }
}

/// An invalid line of a file that root maintains.
///
/// The fix proposes no replacement: the intent of the line is unknown, and its limits and options
/// must be preserved.
struct InvalidLine: Equatable, Sendable {
    let number: Int
    let reason: String
    private let text: String

    /// - Parameter text: the line; runs of blanks are printed as one.
    init(_ number: Int, _ text: ArraySlice<UInt8>, reason: String) {
        self.number = number
        self.reason = reason
        self.text = printable(Array(words(of: text).joined(separator: [0x20])), limit: 400)
    }

    func fix(in path: String) -> Fix {
        .advice(
            "as root, correct line \(number) of \(path), and keep the valid parts of that line: "
                + "\"\(text)\"")
    }
}
