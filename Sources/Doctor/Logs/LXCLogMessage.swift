/// A message of LXC whose meaning is known.
package struct LXCLogMessage: Sendable {
    /// What identifies the message.
    struct Pattern: Sendable {
        /// Parts of the message, in this order.
        private let words: [[UInt8]]
        private let function: [UInt8]?

        /// - Parameter function: the function of LXC that reports, for words that others use, too.
        init(_ words: String..., in function: String? = nil) {
            self.words = words.map { Array($0.utf8) }
            self.function = function.map { Array($0.utf8) }
        }

        func matches(_ line: LXCLogLine) -> Bool {
            if let function, line.function != function { return false }
            var position = 0
            for word in words {
                guard let end = line.end(of: word, from: position) else { return false }
                position = end
            }
            return true
        }
    }

    package let id: String
    /// Any of these.
    private let patterns: [Pattern]
    /// The error numbers for which the meaning is right, where `nil` is none; empty for all.
    private let errnos: [LogErrno?]
    /// The lowest level at which LXC prints the message.
    private let level: LXCLogLine.Level
    package let meaning: String
    /// The steps that fix it; none for a message that also appears when a container starts without
    /// problems.
    package let fixes: [Fix]
    /// Whether the container does not start.
    package let isFatal: Bool
    /// The IDs of messages that explain this one if the log contains them.
    let follows: [String]
    /// Whether the message is generic: LXC prints it for every kind of failure, so others explain
    /// more.
    let isGeneric: Bool
    private var isUnknown = false

    init(
        _ id: String, _ patterns: Pattern..., errno errnos: LogErrno?...,
        from level: LXCLogLine.Level = .error, meaning: String, fix: [Fix] = [],
        advice: String? = nil, isFatal: Bool = true, follows: [String] = [], isGeneric: Bool = false
    ) {
        self.init(
            id, anyOf: patterns, errno: errnos, from: level, meaning: meaning, fix: fix,
            advice: advice, isFatal: isFatal, follows: follows, isGeneric: isGeneric)
    }

    init(
        _ id: String, anyOf patterns: [Pattern], errno errnos: [LogErrno?] = [],
        from level: LXCLogLine.Level = .error, meaning: String, fix: [Fix] = [],
        advice: String? = nil, isFatal: Bool = true, follows: [String] = [], isGeneric: Bool = false
    ) {
        self.id = id
        self.patterns = patterns
        self.errnos = errnos
        self.level = level
        self.meaning = meaning
        fixes = fix + (advice.map { [.advice($0)] } ?? [])
        self.isFatal = isFatal
        self.follows = follows
        self.isGeneric = isGeneric
    }

    /// A message that only reports the consequence of another.
    static func generic(_ id: String, _ words: String, meaning: String) -> LXCLogMessage {
        .generic(id, anyOf: [Pattern(words)], meaning: meaning)
    }

    static func generic(
        _ id: String, anyOf patterns: [Pattern], meaning: String
    ) -> LXCLogMessage {
        LXCLogMessage(
            id, anyOf: patterns, meaning: meaning, advice: "read the lines before it",
            isGeneric: true)
    }

    package var verdict: Finding.Verdict {
        isUnknown ? .unknown : isFatal ? .problem : fixes.isEmpty ? .ok : .warning
    }

    /// The entry for an error that matches no known message.
    static var unknown: LXCLogMessage {
        var message = LXCLogMessage(
            "unknown", meaning: "LXC reports an error that berth doctor does not know.",
            advice: "read the lines around it, and run berth doctor without --log to check the "
                + "host")
        message.isUnknown = true
        return message
    }

    func matches(_ line: LXCLogLine) -> Bool {
        // A line without a level may be what another program printed.
        (line.level ?? .error) >= level && (errnos.isEmpty || errnos.contains(line.errno))
            && patterns.contains { $0.matches(line) }
    }

    /// All known messages. The first that matches a line explains it: specific ones come first.
    /// - Parameter host: the host for which the fixes are.
    static func known(on host: LXCLogHost) -> [LXCLogMessage] {
        ofIDs(host) + ofNICs(host) + ofHostNetwork(host) + ofCgroups + ofMounts(host)
            + ofSetup(host)
            + ofSecurity(host) + ofConfig + ofPrograms(host) + general
    }
}
