internal import HostPaths
internal import Linux

/// Whether the administrator's files have invisible characters, such as a byte order mark or a
/// no-break space: programs read them as part of a name.
enum FileText: Check {
    static let name = "file-text"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        let findings = facts.textFaults.filter { !isHarmless($0) }.map { finding($0, facts) }
        return findings.isEmpty
            ? [.ok("files of the administrator", "they have no invisible characters")] : findings
    }

    private static func finding(_ fault: TextFault, _ facts: Facts) -> Finding {
        let verdict: Finding.Verdict = concerns(fault, facts) ? .problem : .warning
        if fault.isUTF16 {
            return Finding(
                verdict, fault.file,
                "the file is in UTF-16, so programs cannot read any of its lines",
                [.advice("as root, convert it, for example with iconv -f UTF-16 -t UTF-8")])
        }
        return Finding(
            verdict, "\(fault.file):\(fault.line)",
            "the line has \(fault.character), which programs read as part of a word",
            fault.isByteOrderMark
                ? [.command(removal(of: fault), by: .root)]
                : [
                    .advice(
                        "as root, rewrite line \(fault.line) of \(fault.file) in ASCII; "
                            + "sed -n \(fault.line)l \(quoted(fault.file)) shows its bytes")
                ])
    }

    /// The command that removes a byte order mark, which is three bytes in UTF-8.
    private static func removal(of mark: TextFault) -> String {
        let script = #"s/^\xef\xbb\xbf//"#
        return "LC_ALL=C sed -i '\(mark.line)\(script)' \(quoted(mark.file))"
    }

    /// Whether the line is a comment after a byte order mark, in a file whose invalid lines are
    /// ignored.
    private static func isHarmless(_ fault: TextFault) -> Bool {
        fault.isByteOrderMark && isGrant(fault) && fault.rest.bytes[...].isComment
    }

    private static func isGrant(_ fault: TextFault) -> Bool {
        [Paths.usernet, Paths.usercgroup, SubuidFacts.file(.users), SubuidFacts.file(.groups)]
            .contains(fault.file)
    }

    /// Whether the line would otherwise grant something to the user, or configure a network.
    static func concerns(_ fault: TextFault, _ facts: Facts) -> Bool {
        guard isGrant(fault) else { return fault.rest.bytes.first.map { $0 != 0x23 } ?? true }
        let words = fault.rest.bytes.split { !isNameByte($0) }
        return words.first.map { Array($0) == facts.target.account.name } ?? false
    }

    private static func isNameByte(_ byte: UInt8) -> Bool { !isBlank(byte) && byte != 0x3a }
}
