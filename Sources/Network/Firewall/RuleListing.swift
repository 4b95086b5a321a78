internal import Identity
internal import Linux

/// Berth's rules as `nft list table` or iptables-save(8) lists them.
///
/// Another version of the program may list the same rules differently: nftables 1.1 prints
/// `priority dstnat` where 1.0 prints `priority -100`. The names of protocols depend on
/// /etc/protocols.
package struct RuleListing: Sendable {
    package let text: String
    package let dialect: Record.AppliedFirewall.Dialect

    package init(_ text: String, _ dialect: Record.AppliedFirewall.Dialect = .nft) {
        self.text = text
        self.dialect = dialect
    }

    package var digest: String { SHA256.hexDigest(text.utf8) }

    /// The digest of what every version lists in the same way: the tables, chains and sets, and
    /// how many rules each chain has.
    package var outline: String {
        let lines = text.split(separator: "\n").map { $0.split { $0 == " " || $0 == "\t" } }
        var outline: [String] = []
        switch dialect {
        case .iptables:
            // The family, the table, -A, and the chain.
            outline = lines.map { $0.prefix(4).joined(separator: " ") }
        case .nft:
            var block: [Substring] = []
            for words in lines {
                if words.last == "{" {
                    block = words
                    outline.append(words.joined(separator: " "))
                } else if block.first == "chain", words != ["}"] {
                    outline.append("rule")
                }
            }
        }
        return SHA256.hexDigest(outline.joined(separator: "\n").utf8)
    }

    /// - Parameter tool: the one that made this listing; see ``RuleTools``.
    func isRecorded(as digest: String, _ outline: String?, by recorder: String?, tool: String?)
        -> Bool
    {
        if digest == self.digest { return true }
        guard let outline, let recorder, let tool, recorder != tool else { return false }
        return outline == self.outline
    }
}

/// The programs that list rules, each as text that changes when the program is upgraded; `nil` if
/// it is not known.
package struct RuleTools: Sendable {
    package var nft: String?
    package var iptables: String?

    package init() {}

    package init(_ tools: borrowing HostTools) {
        nft = Self.identity(of: tools.nft)
        iptables = Self.identity(of: tools.iptables[.ipv4]?.save)
    }

    package subscript(_ dialect: Record.AppliedFirewall.Dialect) -> String? {
        dialect == .nft ? nft : iptables
    }

    private static func identity(of program: ExternalProgram?) -> String? {
        guard let program else { return nil }
        return [program.path, "/etc/protocols"].map { path in
            let numbers = [
                FileAttributes.inode(of: path), FileAttributes.modificationTime(of: path),
            ]
            return numbers.map { $0.map(String.init) ?? "-" }.joined(separator: ".")
        }
        .joined(separator: " ")
    }
}

extension Record {
    /// Whether all rules were listed by the installed versions of the programs. If not, the
    /// listings have to be recorded again.
    func isListed(by tools: RuleTools) -> Bool {
        let firewalls = networks.flatMap { [$0.firewall, $0.tunnelGuard] }.compactMap { $0 }
        return firewalls.allSatisfy { $0.tool == tools[$0.dialect] }
            && host.addressFilter.map { $0.tool == tools.nft } ?? true
    }
}

extension Record.AppliedFirewall {
    package init(rendered: String, _ listing: RuleListing, _ tools: RuleTools) {
        self.init(
            dialect: listing.dialect, rendered: rendered, observed: listing.digest,
            outline: listing.outline, tool: tools[listing.dialect])
    }

    /// Whether the rules are loaded as they were recorded.
    package func isIntact(_ listing: RuleListing, _ tools: RuleTools) -> Bool {
        listing.dialect == dialect
            && listing.isRecorded(as: observed, outline, by: tool, tool: tools[dialect])
    }
}

extension Record.AppliedAddressFilter {
    package init(rendered: String, _ listing: RuleListing, _ tools: RuleTools) {
        self.init(
            rendered: rendered, observed: listing.digest, outline: listing.outline,
            tool: tools.nft)
    }

    /// Whether the table is loaded as it was recorded.
    package func isIntact(_ listing: RuleListing, tool: String?) -> Bool {
        listing.isRecorded(as: observed, outline, by: self.tool, tool: tool)
    }
}
