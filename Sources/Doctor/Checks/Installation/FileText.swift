internal import HostPaths
internal import Linux

/// Whether the administrator's files have characters that one does not see, such as a byte order
/// mark or a no-break space: programs take them for a part of a name.
enum FileText: Check {
    static let name = "file-text"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let findings = facts.textFaults.map { finding($0, facts) }
        return findings.isEmpty
            ? [.ok("files of the administrator", "they have no invisible characters")] : findings
    }

    private static func finding(_ fault: TextFault, _ facts: Facts) -> Finding {
        Finding(
            concerns(fault, facts) ? .problem : .warning, "\(fault.file):\(fault.line)",
            "the line has \(fault.character), which programs read as a part of a word",
            fault.isByteOrderMark
                ? [.command(removal(of: fault), by: .root)]
                : [
                    .advice(
                        "as root, write line \(fault.line) of \(fault.file) again, in ASCII: see "
                            + "sed -n \(fault.line)l \(quoted(fault.file))")
                ])
    }

    /// The command that removes a byte order mark, which is three bytes in UTF-8.
    private static func removal(of mark: TextFault) -> String {
        let script = #"s/^\xef\xbb\xbf//"#
        return "LC_ALL=C sed -i '\(mark.line)\(script)' \(quoted(mark.file))"
    }

    /// Whether the line would otherwise grant something to the user, or configure a network.
    static func concerns(_ fault: TextFault, _ facts: Facts) -> Bool {
        let isGrant = [
            Paths.usernet, Paths.usercgroup, SubuidFacts.file(.users), SubuidFacts.file(.groups),
        ].contains(fault.file)
        guard isGrant else { return fault.rest.bytes.first.map { $0 != 0x23 } ?? true }
        let words = fault.rest.bytes.split { !isNameByte($0) }
        return words.first.map { Array($0) == facts.target.account.name } ?? false
    }

    private static func isNameByte(_ byte: UInt8) -> Bool { !isBlank(byte) && byte != 0x3a }
}
