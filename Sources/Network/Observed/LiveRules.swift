internal import Linux
internal import Netlink

/// The host's firewall rules as nft(8) and iptables-save(8) list them.
struct LiveRules {
    /// `nil` if nft(8) is not installed, or the kernel does not support nftables.
    let nft: NftListing?
    private(set) var saved: [IptablesDialect.Family: String]

    /// No rules, for a caller who may not list them.
    init() {
        nft = nil
        saved = [:]
    }

    /// - Parameter needed: the dialects of berth-net's own rules.
    /// - Throws: if the rules of one of them cannot be listed. Otherwise berth-net would not find
    ///   its own rules, and would leave them in place.
    init(
        _ tools: borrowing HostTools, readsIptables: Bool,
        needed: Set<Record.AppliedFirewall.Dialect> = []
    ) throws(Failure) {
        let listing = try Self.list(needed.contains(.nft), tools.nft, "nft") {
            program throws(Failure) in
            // Asking the kernel first takes a hundredth of the time.
            if (try? NetfilterTables.exist()) == false { return "" }
            // Without counters, which change all the time, and set elements, which may be many.
            return try HostTools.run(program, ["-s", "-t", "list", "ruleset"])
        }
        nft = listing.map { NftListing($0) }
        saved = [:]
        guard readsIptables || listing == nil else { return }
        for family in IptablesDialect.Family.allCases {
            let isNeeded = family == .ipv4 && needed.contains(.iptables)
            saved[family] = try Self.list(
                isNeeded, tools.iptables[family]?.save, "\(family.rawValue)-save"
            ) { program throws(Failure) in try HostTools.run(program, []) }
        }
    }

    private static func list(
        _ isNeeded: Bool, _ program: ExternalProgram?, _ name: String,
        _ run: (ExternalProgram) throws(Failure) -> String
    ) throws(Failure) -> String? {
        guard let program else {
            guard !isNeeded else {
                throw Failure(
                    "\(name) is no longer installed, but rules that it created exist: install it")
            }
            return nil
        }
        do { return try run(program) } catch {
            guard !isNeeded else { throw error }
            return nil
        }
    }

    func observe(_ bridge: BridgeName, into observed: inout ObservedNetwork) {
        observed.nftTable = nft?[NftDialect.table(of: bridge)]
        observed.tunnelGuard = nft?[TunnelGuard.table(of: bridge)]
        for (family, text) in saved {
            observed.iptables[family] = IptablesDialect.lines(in: text, of: bridge)
        }
    }
}
