internal import Linux

/// The lexer of the settings files: commands and words as sh(1) splits them.
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
        /// The length of NAME in `NAME=…`, where nothing is quoted before the `=`.
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
        let place: SettingLocation
        let words: [Word]
        var text: String {
            printable(words.map(\.text).joined(separator: " ").utf8, limit: 60)
        }
    }

    /// The next command, which ends at the end of the line or at a `;`.
    /// - Parameter variables: those of earlier commands. A word can use the assignments before it
    ///   in its command.
    mutating func nextCommand(_ variables: [String: String]) throws(SettingsError) -> Command? {
        var words: [Word] = []
        var place = here
        var variables = variables
        while true {
            skipBlanks()
            guard let byte = peek else { break }
            if byte == UInt8(ascii: "#") {
                while let byte = peek, byte != UInt8(ascii: "\n") { advance() }
            } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ";") {
                advance()
                if !words.isEmpty { break }
            } else {
                if words.isEmpty { place = here }
                let word = try nextWord(variables)
                if let (name, value) = word.assignment { variables[name] = value }
                words.append(word)
            }
        }
        return words.isEmpty ? nil : Command(place: place, words: words)
    }

    private mutating func nextWord(_ variables: [String: String]) throws(SettingsError) -> Word {
        var word = Word()
        var text: [UInt8] = []
        loop: while let byte = peek {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: ";"): break loop
            case _ where isBlank(byte): break loop
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
                word.isQuoted = true
                text += try expanded(variables)
            case _ where "\0`()<>*?".utf8.contains(byte):
                throw syntaxError(byte)
            case UInt8(ascii: "&"), UInt8(ascii: "|"):
                // Only `&&` and `||`, in the lines that include a file.
                guard text.isEmpty, bytes[position...].starts(with: [byte, byte]) else {
                    throw syntaxError(byte)
                }
                text = [take(byte), take(byte)]
                break loop
            case UInt8(ascii: "=")
            where word.nameLength == nil && !word.isQuoted && Self.isName(text):
                word.nameLength = text.count
                text.append(take(byte))
            default: text.append(take(byte))
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
        byte.isAlphanumeric || byte == UInt8(ascii: "_")
    }

    private mutating func singleQuoted() throws(SettingsError) -> [UInt8] {
        let start = here
        advance()
        var text: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "'") {
            guard byte != 0 else { throw syntaxError(byte) }
            text.append(take(byte))
        }
        return try closed(text, by: "'", since: start)
    }

    private mutating func doubleQuoted(
        _ variables: [String: String]
    ) throws(SettingsError) -> [UInt8] {
        let start = here
        advance()
        var text: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            switch byte {
            case UInt8(ascii: "$"): text += try expanded(variables)
            case UInt8(ascii: "`"), 0: throw syntaxError(byte)
            case UInt8(ascii: "\\"):
                let next = position + 1 < bytes.count ? bytes[position + 1] : 0
                // Within double quotes a backslash escapes these bytes only.
                text += "$`\"\\\n".utf8.contains(next) ? escaped() : [take(byte)]
            default: text.append(take(byte))
            }
        }
        return try closed(text, by: "\"", since: start)
    }

    /// Skips the closing quote.
    private mutating func closed(
        _ text: [UInt8], by quote: String, since start: SettingLocation
    ) throws(SettingsError) -> [UInt8] {
        guard peek != nil else {
            throw SettingsError(start, nil, "a \(quote) is not closed: add the closing \(quote)")
        }
        advance()
        return text
    }

    /// The byte after a backslash; nothing for a newline, which continues the line.
    private mutating func escaped() -> [UInt8] {
        advance()
        guard let byte = peek else { return [UInt8(ascii: "\\")] }
        advance()
        return byte == UInt8(ascii: "\n") ? [] : [byte]
    }

    /// The value of `$NAME` or `${NAME}`.
    private mutating func expanded(
        _ variables: [String: String]
    ) throws(SettingsError) -> [UInt8] {
        let start = here
        advance()
        let isBraced = peek == UInt8(ascii: "{")
        if isBraced { advance() }
        var name: [UInt8] = []
        while let byte = peek, Self.belongsToName(byte) { name.append(take(byte)) }
        guard Self.isName(name) else {
            throw SettingsError(
                start, nil,
                "a $ is followed by something other than a variable name: this file is read "
                    + "without a shell, so write the value itself")
        }
        let variable = String(decoding: name, as: UTF8.self)
        if isBraced {
            guard peek == UInt8(ascii: "}") else {
                throw SettingsError(
                    start, variable,
                    "only ${\(variable)} is supported, with nothing else between the braces")
            }
            advance()
        }
        guard let value = variables[variable] else {
            throw SettingsError(start, variable, "is used before it is set: set it on a line above")
        }
        return Array(value.utf8)
    }

    private func syntaxError(_ byte: UInt8) -> SettingsError {
        SettingsError(
            here, nil,
            "\"\(printable([byte]))\" is shell syntax, and this file is read without a shell: put "
                + "it in single quotes if it is part of a value")
    }

    private var here: SettingLocation { SettingLocation(file: file, line: line) }
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func advance() {
        if peek == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func take(_ byte: UInt8) -> UInt8 {
        advance()
        return byte
    }

    private mutating func skipBlanks() {
        while let byte = peek {
            if isBlank(byte) {
                advance()
            } else if bytes[position...].starts(with: "\\\n".utf8) {
                advance()
                advance()
            } else {
                return
            }
        }
    }
}
