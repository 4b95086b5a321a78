/// A message of LXC whose meaning is known.
package struct LXCLogMessage: Sendable {
    package let id: String
    /// The parts of the line that identify the message, in this order.
    let words: [String]
    package let meaning: String
    /// `nil` for a message that also appears when a container starts without problems.
    package let fix: String?
    /// Whether the container does not start.
    package var isFatal = true
    /// The IDs of messages that explain this one if the log contains them.
    var follows: [String] = []
    /// Whether the message is generic: LXC prints it for every kind of failure, so others explain
    /// more.
    var isGeneric = false
    private var isUnknown = false

    init(
        _ id: String, _ words: [String], _ meaning: String, fix: String?, isFatal: Bool = true,
        follows: [String] = [], isGeneric: Bool = false
    ) {
        self.id = id
        self.words = words
        self.meaning = meaning
        self.fix = fix
        self.isFatal = isFatal
        self.follows = follows
        self.isGeneric = isGeneric
    }

    package var verdict: Finding.Verdict {
        isUnknown ? .unknown : isFatal ? .problem : fix == nil ? .ok : .warning
    }

    /// The entry for an error that matches no known message.
    static var unknown: LXCLogMessage {
        var message = LXCLogMessage(
            "unknown", [], "LXC reports an error that berth doctor does not know.",
            fix: "read the lines around it, and run berth doctor without --log to check the host.")
        message.isUnknown = true
        return message
    }

    func matches(_ line: String) -> Bool {
        var rest = line[...]
        for word in words {
            guard let range = rest.firstRange(of: word) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    /// All known messages. The first that matches a line explains it: specific ones come first.
    package static var known: [LXCLogMessage] {
        ofIDs + ofNICs + ofCgroups + ofFiles + ofConfig + general
    }
}
