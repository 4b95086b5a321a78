internal import Linux

/// The number of packets that the rules of ``FirewallRules/Rule/dropUnroutedSources`` dropped since
/// they were loaded.
package enum DroppedSources {
    /// - Returns: `nil` if the network has no such rule, or it cannot be listed.
    static func count(
        of entry: Record.Entry, _ tools: borrowing HostTools
    ) -> UInt64? {
        guard entry.desired.filtersSources, let firewall = entry.firewall else { return nil }
        let bridge = entry.desired.bridge
        switch firewall.dialect {
        case .nft:
            let table = NftDialect.table(of: bridge)
            guard let nft = tools.nft,
                let listing = try? HostTools.run(
                    nft, ["list", "chain", table.family, table.name, "sources"])
            else { return nil }
            return inNft(listing)
        case .iptables:
            let counts = tools.iptables.values.compactMap { programs in
                (try? HostTools.run(programs.save, ["-c", "-t", "raw"])).flatMap {
                    inIptables($0, of: bridge)
                }
            }
            return counts.isEmpty ? nil : counts.reduce(0, &+)
        }
    }

    /// - Parameter listing: the chain as `nft list chain` prints it.
    package static func inNft(_ listing: String) -> UInt64? {
        for line in listing.split(separator: "\n") where line.contains("fib saddr") {
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "packets"), position + 1 < words.count else {
                continue
            }
            return UInt64(words[position + 1])
        }
        return nil
    }

    /// - Parameter saved: the output of `iptables-save -c`.
    package static func inIptables(_ saved: String, of bridge: BridgeName) -> UInt64? {
        let tag = IptablesDialect.tag(bridge)
        for line in saved.split(separator: "\n") where line.contains("-m rpfilter") {
            // [PACKETS:BYTES] -A PREROUTING …
            guard line.contains(" \(tag) ") || line.contains("\"\(tag)\""), line.hasPrefix("[")
            else { continue }
            return UInt64(line.dropFirst().prefix { $0 != ":" })
        }
        return nil
    }
}
