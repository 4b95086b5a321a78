package import Linux
package import UserFiles

/// The known messages of an lxc-start log, explained.
package struct LXCLogExplanation: Sendable {
    package struct Message: Sendable {
        package let entry: LXCLogMessage
        /// The line of its first occurrence, from 1.
        package let line: Int
        package internal(set) var count: Int
        /// The message in the line, without the prefix that LXC adds.
        package let text: UntrustedText
    }

    package let file: UntrustedText
    package let lines: Int
    package private(set) var messages: [Message] = []

    package init(of bytes: [UInt8], file: UntrustedText) {
        self.file = file
        var number = 0
        var unknown: Message?
        for range in Lines(bytes: bytes) {
            number += 1
            let text = String(decoding: bytes[range], as: UTF8.self)
            guard let entry = LXCLogMessage.known.first(where: { $0.matches(text) }) else {
                if unknown == nil, Self.isError(text) {
                    unknown = Message(
                        entry: .unknown, line: number, count: 1, text: Self.plain(text))
                }
                continue
            }
            if let known = messages.firstIndex(where: { $0.entry.id == entry.id }) {
                messages[known].count += 1
            } else {
                messages.append(
                    Message(entry: entry, line: number, count: 1, text: Self.plain(text)))
            }
        }
        lines = number
        let ids = Set(messages.map(\.entry.id))
        let hasCause = messages.contains { $0.entry.isFatal && !$0.entry.isGeneric }
        // Omit messages that are consequences of another.
        messages.removeAll { message in
            message.entry.follows.contains { ids.contains($0) }
                || message.entry.isGeneric && hasCause
        }
        if let unknown, !hasCause {
            let index = messages.firstIndex { $0.line > unknown.line } ?? messages.endIndex
            messages.insert(unknown, at: index)
        }
    }

    /// Reads a log with the rights of the user who decides where the path leads.
    /// - Returns: `nil` if the file does not exist.
    package static func read(_ path: UntrustedText) throws(UnreadReason) -> LXCLogExplanation? {
        guard var files = ReaderProcess.run([UserFilesQuery.log(path).job]).first else {
            throw .readerFailed
        }
        return try files.contents(of: path).map { LXCLogExplanation(of: $0, file: path) }
    }

    /// Whether LXC logs the line as an error. On a terminal it prints errors only.
    private static func isError(_ line: String) -> Bool {
        let head = line.firstRange(of: " - ").map { line[..<$0.lowerBound] } ?? line[...]
        // lxc-start NAME TIME LEVEL MODULE
        return head.split(separator: " ").dropLast().last == "ERROR" || head.contains(".c: ")
    }

    /// The message of a line `lxc-start NAME TIME LEVEL MODULE - FILE:FUNCTION:LINE - MESSAGE`, or
    /// of `lxc-start: NAME: FILE: FUNCTION: LINE MESSAGE`, the form on a terminal.
    static func plain(_ line: String) -> UntrustedText {
        let separator = " - "
        let parts = line.split(separator: separator, maxSplits: 2)
        var text = parts.count == 3 ? String(parts[2]) : line
        if parts.count != 3, let suffix = line.firstRange(of: ".c: ") {
            // FUNCTION: LINE
            let rest = line[suffix.upperBound...]
            if let colon = rest.firstRange(of: ": ") {
                text = String(rest[colon.upperBound...].drop { $0.isNumber }.drop { $0 == " " })
            }
        }
        return UntrustedText(text)
    }
}
