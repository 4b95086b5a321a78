internal import Linux

/// The options of a command that runs udhcpc(8).
struct UdhcpcCommand: Equatable {
    private(set) var interface: UntrustedText = "eth0"
    private(set) var script: UntrustedText?

    /// - Returns: `nil` for another command.
    init?(_ words: [UntrustedText]) {
        var rest = words[...]
        if let first = rest.first, first == "exec" { rest = rest.dropFirst() }
        if let first = rest.first, first.lastComponent == "busybox" { rest = rest.dropFirst() }
        guard let first = rest.popFirst(), first.lastComponent == "udhcpc" else { return nil }
        while let word = rest.popFirst() {
            for (short, long) in [("-i", "--interface"), ("-s", "--script")] {
                var value: UntrustedText?
                if word == short || word == long {
                    value = rest.popFirst()
                } else if word.hasPrefix(long + "=") {
                    value = UntrustedText(word.bytes.dropFirst(long.utf8.count + 1))
                } else if word.hasPrefix(short) {
                    value = UntrustedText(word.bytes.dropFirst(short.utf8.count))
                }
                guard let value else { continue }
                if short == "-i" { interface = value } else { script = value }
            }
        }
    }
}
