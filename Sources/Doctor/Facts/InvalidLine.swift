internal import Linux

/// A line of a file of root's that cannot be understood.
///
/// What was meant only he knows who wrote it, and with it come limits and options that are to stay: no
/// other line is offered in its place.
struct InvalidLine: Equatable, Sendable {
    let number: Int
    let reason: String
    private let text: String

    /// - Parameter text: the line, of which blanks do not matter.
    init(_ number: Int, _ text: ArraySlice<UInt8>, reason: String) {
        self.number = number
        self.reason = reason
        self.text = printable(Array(words(of: text).joined(separator: [0x20])), limit: 400)
    }

    func fix(in path: String) -> Fix {
        .advice(
            "as root, correct that in line \(number) of \(path), and leave the rest of it as it is: "
                + "\"\(text)\"")
    }
}
