internal import Linux

/// Text cut into commands and words as sh(1) cuts it, as far as settings go.
struct ShellWords {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    struct Word {
        var text = ""
        /// Where the name ends, if the word is `NAME=…` with nothing quoted up to there.
        fileprivate var nameLength: Int?
        fileprivate var isQuoted = false

        func isPlain(_ keyword: String) -> Bool { !isQuoted && text == keyword }
        var isPlainName: Bool { !isQuoted && ShellWords.isName(Array(text.utf8)) }

        var assignment: (name: String, value: String)? {
            guard let nameLength else { return nil }
            return (
                String(text.prefix(nameLength)), String(text.dropFirst(nameLength + 1))
            )
        }
    }

    struct Command {
        let place: Place
        let words: [Word]
        var text: String {
            printable(words.map(\.text).joined(separator: " ").utf8, limit: 60)
        }
    }

    /// The next line, or part of one before a `;`, that is not empty. What is assigned in it does not
    /// count yet for what follows in the same command.
    mutating func nextCommand(_ variables: [String: String]) throws -> Command? {
        var words: [Word] = []
        var place = here
        var known = variables
        while true {
            skipBlanks()
            guard let byte = peek else { break }
            if byte == UInt8(ascii: "#") {
                skipLine()
            } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ";") {
                advance()
                if !words.isEmpty { break }
            } else {
                if words.isEmpty { place = here }
                let word = try nextWord(known)
                if let (name, value) = word.assignment { known[name] = value }
                words.append(word)
            }
        }
        return words.isEmpty ? nil : Command(place: place, words: words)
    }

    private mutating func nextWord(_ variables: [String: String]) throws -> Word {
        var word = Word()
        var text: [UInt8] = []
        loop: while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
                UInt8(ascii: ";"):
                break loop
            case UInt8(ascii: "'"):
                word.isQuoted = true
                text += try singleQuoted()
            case UInt8(ascii: "\""):
                word.isQuoted = true
                text += try doubleQuoted(variables)
            case UInt8(ascii: "\\"):
                word.isQuoted = true
                text += escaped()
            case UInt8(ascii: "$"):
                text += try expanded(variables)
                word.isQuoted = true
            case UInt8(ascii: "`"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: "*"), UInt8(ascii: "?"), 0:
                throw refusal(byte)
            case UInt8(ascii: "&"), UInt8(ascii: "|"):
                // Only as a word of its own, in the lines that include a file.
                guard text.isEmpty, bytes[position...].starts(with: [byte, byte]) else {
                    throw refusal(byte)
                }
                advance()
                advance()
                text = [byte, byte]
                break loop
            case UInt8(ascii: "=")
            where word.nameLength == nil && !word.isQuoted && Self.isName(text):
                word.nameLength = text.count
                text.append(byte)
                advance()
            default:
                text.append(byte)
                advance()
            }
        }
        word.text = String(decoding: text, as: UTF8.self)
        return word
    }

    private static func isName(_ text: [UInt8]) -> Bool {
        guard let first = text.first, !(0x30...0x39).contains(first) else { return false }
        return text.allSatisfy(belongsToName)
    }

    private static func belongsToName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private mutating func singleQuoted() throws -> [UInt8] {
        let start = here
        advance()
        var text: [UInt8] = []
        while let byte = peek {
            advance()
            if byte == UInt8(ascii: "'") { return text }
            guard byte != 0 else { throw refusal(byte) }
            text.append(byte)
        }
        throw SettingsError(start, nil, "a ' that nothing closes: write another behind it")
    }

    private mutating func doubleQuoted(_ variables: [String: String]) throws -> [UInt8] {
        let start = here
        advance()
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                advance()
                return text
            case UInt8(ascii: "$"): text += try expanded(variables)
            case UInt8(ascii: "`"), 0: throw refusal(byte)
            case UInt8(ascii: "\\"):
                let next = position + 1 < bytes.count ? bytes[position + 1] : 0
                // Inside double quotes a backslash stands for itself before anything else.
                if [0x24, 0x60, 0x22, 0x5c, 0x0a].contains(next) {
                    text += escaped()
                } else {
                    text.append(byte)
                    advance()
                }
            default:
                text.append(byte)
                advance()
            }
        }
        throw SettingsError(start, nil, "a \" that nothing closes: write another behind it")
    }

    /// What a backslash leaves of the byte behind it: nothing of the end of a line.
    private mutating func escaped() -> [UInt8] {
        advance()
        guard let byte = peek else { return [0x5c] }
        advance()
        return byte == 0x0a ? [] : [byte]
    }

    /// The value of `$NAME` or `${NAME}`.
    private mutating func expanded(_ variables: [String: String]) throws -> [UInt8] {
        let start = here
        advance()
        let isBraced = peek == UInt8(ascii: "{")
        if isBraced { advance() }
        var name: [UInt8] = []
        while let byte = peek, Self.belongsToName(byte) {
            name.append(byte)
            advance()
        }
        guard Self.isName(name) else {
            throw SettingsError(
                start, nil,
                "$ before what is not the name of a setting: this file is read without a shell, so "
                    + "write the value itself")
        }
        let variable = String(decoding: name, as: UTF8.self)
        if isBraced {
            guard peek == UInt8(ascii: "}") else {
                throw SettingsError(
                    start, variable,
                    "only ${\(variable)} is understood here, nothing more within the braces")
            }
            advance()
        }
        guard let value = variables[variable] else {
            throw SettingsError(start, variable, "used here, but nothing sets it before")
        }
        return Array(value.utf8)
    }

    private func refusal(_ byte: UInt8) -> SettingsError {
        SettingsError(
            here, nil,
            "\"\(printable([byte]))\" could only mean something to a shell, and this file is read "
                + "without one: put it in single quotes if it is part of a value")
    }

    private var here: Place { Place(file: file, line: line) }
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func advance() {
        if peek == 0x0a { line += 1 }
        position += 1
    }

    private mutating func skipBlanks() {
        while let byte = peek {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            {
                advance()
            } else if byte == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] == 0x0a
            {
                advance()
                advance()
            } else {
                return
            }
        }
    }

    private mutating func skipLine() {
        while let byte = peek, byte != 0x0a { advance() }
    }
}
