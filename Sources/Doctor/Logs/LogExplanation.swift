internal import Linux

/// What the lines of an lxc-start log mean.
package struct LogExplanation: Sendable {
    package struct Message: Sendable {
        package let entry: LogMessage
        /// Where it first stands, from 1.
        package let line: Int
        package internal(set) var count: Int
        /// As it stands there, without what lxc puts before it.
        package let text: String
    }

    package let file: String
    package let lines: Int
    package private(set) var messages: [Message] = []

    package init(of bytes: [UInt8], file: String) {
        self.file = file
        var number = 0
        var unknown: Message?
        for place in Lines(bytes: bytes) {
            number += 1
            let text = String(decoding: bytes[place], as: UTF8.self)
            guard let entry = LogMessage.known.first(where: { $0.matches(text) }) else {
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
        let told = Set(messages.map(\.entry.id))
        // What only follows from another one is told where nothing else is.
        let hasCause = messages.contains { $0.entry.isFatal && !$0.entry.isLastResort }
        messages.removeAll { message in
            message.entry.follows.contains { told.contains($0) }
                || message.entry.isLastResort && hasCause
        }
        if let unknown, !hasCause {
            let place = messages.firstIndex { $0.line > unknown.line } ?? messages.endIndex
            messages.insert(unknown, at: place)
        }
    }

    /// Whether LXC calls it an error: a terminal shows nothing else.
    private static func isError(_ line: String) -> Bool {
        let head = line.firstRange(of: " - ").map { line[..<$0.lowerBound] } ?? line[...]
        // lxc-start NAME TIME LEVEL MODULE
        return head.split(separator: " ").dropLast().last == "ERROR" || head.contains(".c: ")
    }

    /// The message of `lxc-start NAME TIME LEVEL MODULE - FILE:FUNCTION:LINE - MESSAGE`, and of
    /// `lxc-start: NAME: FILE: FUNCTION: LINE MESSAGE`, which is what a terminal shows.
    static func plain(_ line: String) -> String {
        let separator = " - "
        let parts = line.split(separator: separator, maxSplits: 2)
        var text = parts.count == 3 ? String(parts[2]) : line
        if parts.count != 3, let place = line.firstRange(of: ".c: ") {
            // FUNCTION: LINE
            let rest = line[place.upperBound...]
            if let colon = rest.firstRange(of: ": ") {
                text = String(rest[colon.upperBound...].drop { $0.isNumber }.drop { $0 == " " })
            }
        }
        var clean = visible(text)
        if clean.count > 400 { clean = clean.prefix(400) + "..." }
        return clean
    }
}

/// A message of lxc's that is known to mean something.
package struct LogMessage: Sendable {
    package let id: String
    /// Words that the line has, all of them in this order.
    let words: [String]
    package let meaning: String
    /// `nil` for what is said when all is well, too.
    package let fix: String?
    /// Whether the container does not start.
    package var isFatal = true
    /// Other messages that are the cause of this one, where they are there too.
    var follows: [String] = []
    /// Said at the end of every failure.
    var isLastResort = false
    /// Of an error that is none of the known ones.
    private var isUnknown = false

    init(
        _ id: String, _ words: [String], _ meaning: String, fix: String?, isFatal: Bool = true,
        follows: [String] = [], isLastResort: Bool = false
    ) {
        self.id = id
        self.words = words
        self.meaning = meaning
        self.fix = fix
        self.isFatal = isFatal
        self.follows = follows
        self.isLastResort = isLastResort
    }

    package var verdict: Finding.Verdict {
        isUnknown ? .unknown : isFatal ? .problem : fix == nil ? .ok : .warning
    }

    static var unknown: LogMessage {
        var message = LogMessage(
            "unknown", [], "LXC calls this an error, and it is none that is known here.",
            fix: "see the lines around it, and let berth doctor look at the host without --log.")
        message.isUnknown = true
        return message
    }

    func matches(_ line: String) -> Bool {
        var rest = line[...]
        for word in words {
            guard let place = rest.firstRange(of: word) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }

    /// In the order in which a line is compared with them: the particular before the general.
    package static var known: [LogMessage] {
        ofIDs + ofNICs + ofCgroups + ofFiles + ofConfig + ofEnds
    }
}
