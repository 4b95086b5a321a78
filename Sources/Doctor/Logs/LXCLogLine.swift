internal import Linux

/// One line of a log of LXC, or of what its programs print on a terminal.
struct LXCLogLine {
    enum Level: Int, Comparable {
        case trace, debug, info, notice, warning, error

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        fileprivate init?(_ word: some StringProtocol) {
            switch word {
            case "TRACE": self = .trace
            case "DEBUG": self = .debug
            case "INFO": self = .info
            case "NOTICE": self = .notice
            case "WARN": self = .warning
            case "ERROR", "CRIT", "ALERT", "FATAL": self = .error
            default: return nil
            }
        }
    }

    /// `nil` for a line in another form, such as the output of another program.
    let level: Level?
    /// The function of LXC that reports; empty if it is not known.
    let function: [UInt8]
    /// The error number that the message begins with.
    let errno: LogErrno?
    /// The message, without the prefix that LXC adds, and without the error number.
    let message: [UInt8]
    /// The message with the error number.
    let text: UntrustedText

    init(_ line: String) {
        let parsed = Self.ofFile(line) ?? Self.ofTerminal(line) ?? (nil, "", line[...])
        level = parsed.level
        text = UntrustedText(String(parsed.message))
        if let helper = Self.ofHelper(parsed.message) ?? Self.ofHelper(line[...]) {
            function = Array(helper.function.utf8)
            errno = helper.errno
            message = Array(helper.message.utf8)
        } else {
            let (errno, message) = Self.errno(before: parsed.message)
            function = Array(parsed.function.utf8)
            self.errno = errno
            self.message = Array(message.utf8)
        }
    }

    /// The position after the next occurrence of a word in the message.
    func end(of word: [UInt8], from start: Int) -> Int? {
        guard !word.isEmpty else { return start }
        return firstIndex(of: word, in: message, from: start).map { $0 + word.count }
    }

    private typealias Parsed = (level: Level?, function: Substring, message: Substring)

    /// `lxc-start NAME TIME LEVEL MODULE - FILE:FUNCTION:LINE - MESSAGE`
    private static func ofFile(_ line: String) -> Parsed? {
        let parts = line.split(separator: " - ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let words = parts[0].split(separator: " ")
        guard words.count >= 2, let level = Level(words[words.count - 2]) else { return nil }
        let place = parts[1].split(separator: ":")
        return (level, place.count == 3 ? place[1] : "", parts[2])
    }

    /// `lxc-start: NAME: FILE: FUNCTION: LINE MESSAGE`, for errors only
    private static func ofTerminal(_ line: String) -> Parsed? {
        guard let file = line.firstRange(of: ".c: ") else { return nil }
        let rest = line[file.upperBound...]
        guard let colon = rest.firstRange(of: ": ") else { return nil }
        let message = rest[colon.upperBound...].drop { $0.isNumber }.drop { $0 == " " }
        return (.error, rest[..<colon.lowerBound], message)
    }

    /// lxc-start prints this before what the helper printed.
    static let helperPrefix = "lxc-user-nic failed to configure requested network: "

    /// What the NIC helper printed, with ``helperPrefix``. LXC's own helper prints lines
    /// `FILE: LINE: FUNCTION: MESSAGE` or `FILE: LINE: FUNCTION - ERRNO - MESSAGE`. lxc-start adds
    /// its prefix only to the first of these lines.
    private static func ofHelper(
        _ text: Substring
    ) -> (function: Substring, errno: LogErrno?, message: Substring)? {
        guard let file = text.firstRange(of: "lxc_user_nic.c: ") else {
            guard text.hasPrefix(helperPrefix) else { return nil }
            return ("", errno(after: text), text)
        }
        let place = text[file.upperBound...].drop { $0.isNumber }.dropFirst(2)
        let function = place.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let said = place[function.endIndex...].drop { $0 == ":" || $0 == "-" || $0 == " " }
        let (errno, message) = errno(before: said)
        return (
            function, errno ?? Self.errno(after: said), helperPrefix + "\(function): " + message
        )
    }

    private static func errno(before message: Substring) -> (LogErrno?, Substring) {
        guard let separator = message.firstRange(of: " - "),
            let errno = LogErrno(text: message[..<separator.lowerBound])
        else { return (nil, message) }
        return (errno, message[separator.upperBound...])
    }

    /// As in "cannot create a veth pair: Operation not supported (Unknown device type)".
    private static func errno(after message: Substring) -> LogErrno? {
        for part in message.split(separator: ": ").dropFirst().reversed() {
            let end = part.firstRange(of: " (")?.lowerBound ?? part.endIndex
            if let errno = LogErrno(text: part[..<end]) { return errno }
        }
        return nil
    }
}
