internal import Linux

/// A character in a line of a configuration file that programs read as part of a word, and that an
/// administrator cannot see, or mistakes for another one.
struct TextFault: Equatable, Sendable {
    let file: String
    let line: Int
    /// The character, as text.
    let character: String
    var isByteOrderMark = false
    /// Whether the whole file is in UTF-16.
    var isUTF16 = false
    /// The rest of the line, without such characters.
    let rest: UntrustedText

    /// How many are reported for one file.
    private static let limit = 8

    /// - Parameter bytes: the contents of the file.
    static func all(in file: String, _ bytes: [UInt8]) -> [TextFault] {
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            return [
                TextFault(file: file, line: 1, character: "UTF-16", isUTF16: true, rest: "")
            ]
        }
        var faults: [TextFault] = []
        for (range, number) in zip(Lines(bytes: bytes), 1...) where faults.count < limit {
            let line = bytes[range]
            guard line.contains(where: { $0 >= 0x80 || $0 < 0x20 && !isBlank($0) }) else {
                continue
            }
            let text = String(decoding: line, as: UTF8.self)
            guard let found = text.unicodeScalars.lazy.compactMap(name).first else { continue }
            let rest = text.unicodeScalars.filter { name($0) == nil }
            let isMark = text.unicodeScalars.first == "\u{feff}"
            // A byte order mark before # turns a comment into a line that programs read.
            guard isMark || !isInComment(text) else { continue }
            faults.append(
                TextFault(
                    file: file, line: number, character: found, isByteOrderMark: isMark,
                    rest: UntrustedText(String(String.UnicodeScalarView(rest)))))
        }
        return faults
    }

    /// Whether all such characters are in a comment, after #.
    private static func isInComment(_ text: String) -> Bool {
        for scalar in text.unicodeScalars {
            if scalar == "#" { return true }
            if name(scalar) != nil { return false }
        }
        return true
    }

    private static func name(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0xfeff: "a byte order mark (U+FEFF)"
        case 0xa0, 0x202f, 0x2007: "a no-break space (U+\(code(scalar)))"
        case 0x2000...0x200a, 0x205f, 0x3000: "a space that is not ASCII (U+\(code(scalar)))"
        case 0xad, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x2064:
            "an invisible character (U+\(code(scalar)))"
        case 0x2018...0x201f: "a typographic quotation mark (U+\(code(scalar)))"
        case 0x2010...0x2015, 0x2212: "a typographic hyphen or dash (U+\(code(scalar)))"
        case 0..<0x20 where ![0x09, 0x0a, 0x0d].contains(scalar.value), 0x7f:
            "a control character (U+\(code(scalar)))"
        default: nil
        }
    }

    private static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
