internal import Linux

/// A seccomp profile in LXC's format, version 2.
struct SeccompProfile: Equatable, Sendable {
    /// The line that LXC rejects, with the reason, as a sentence.
    struct Fault: Equatable, Sendable {
        /// Numbered from 1.
        let line: Int
        let reason: String
    }

    /// The first line that LXC rejects.
    private(set) var fault: Fault?
    /// The system calls that every program needs, and that the profile does not allow.
    private(set) var missing: [String] = []
    /// The system calls that network programs need, and that the profile does not allow.
    private(set) var missingOfNetwork: [String] = []

    /// - Parameter bytes: the whole file, whose first two lines are valid.
    init(_ bytes: [UInt8]) {
        var isDenylist = false
        var named: [String: Bool] = [:]
        for (index, range) in Lines(bytes: bytes).enumerated() where index > 0 {
            let words = words(of: bytes[range]).map { String(decoding: $0, as: UTF8.self) }
            guard let first = words.first, first.first != "#" else { continue }
            let action = index == 1 ? words.dropFirst() : words.dropFirst().prefix { $0 != "#" }
            if index == 1 {
                isDenylist = first.hasPrefix("denylist") || first.hasPrefix("blacklist")
            } else if first.first == "[" {
                continue
            }
            if fault == nil, let reason = Self.fault(of: Array(action)) {
                fault = Fault(line: index + 1, reason: reason)
            }
            guard index > 1, action.first?.first != "[",
                !words.contains(where: { $0.hasPrefix("[") })
            else { continue }
            // Without an action, a line does the opposite of the default one.
            named[first] =
                action.first.map { $0.hasPrefix("allow") || $0.hasPrefix("notify") }
                ?? !isDenylist
        }
        missing =
            Self.needed.filter { !(named[$0] ?? isDenylist) }
            + Self.usual.filter { named[$0] == false }
        missingOfNetwork = Self.ofNetwork.filter { !(named[$0] ?? isDenylist) }
    }

    private static let needed = ["execve", "exit_group", "read", "write", "close"]
    /// Calls that an allowlist may omit, because other calls can replace them. If a profile
    /// names one to deny it, that is probably a mistake.
    private static let usual = [
        "brk", "clone", "dup2", "fcntl", "ioctl", "mmap", "mprotect", "openat", "rt_sigaction",
        "wait4",
    ]
    private static let ofNetwork = [
        "socket", "bind", "connect", "sendto", "recvfrom", "setsockopt",
    ]

    /// - Parameter action: the words of an action: `kill`, `errno NUMBER`, `allow`, `trap`, or
    ///   `notify`.
    private static func fault(of action: [String]) -> String? {
        guard let first = action.first, first.first != "#", first.first != "[" else { return nil }
        if first.hasPrefix("errno") {
            let number = first.count > 5 ? String(first.dropFirst(5)) : action.dropFirst().first
            return number?.first.map { $0.isNumber || $0 == "-" } ?? false
                ? nil : "errno needs the number of an error, such as errno 1"
        }
        let known = ["kill", "allow", "trap", "notify"]
        return known.contains { first.hasPrefix($0) }
            ? nil
            : "the action \(UntrustedText(first).quoted) is unknown: write kill, errno NUMBER, "
                + "allow, trap or notify"
    }
}
