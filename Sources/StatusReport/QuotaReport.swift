internal import HostPaths
internal import Linux
internal import Usernet

/// How many NICs an owner has on a bridge of those that all his lines together allow.
struct QuotaReport: Encodable, Equatable, Sendable {
    /// A user, or `@group`, as the ledger of NICs names him.
    var owner: String
    var bridge: String
    /// `nil` where only root may know.
    @OrNull var used: Int?
    var allowed: Int
}

/// `/etc/lxc/lxc-usernet` and `/run/lxc/nics`, as far as they concern whoever asks.
struct UsernetReport {
    /// Under the names that their owners have in the ledger.
    var entries: [(owner: Owner, bridge: UsernetBridge, count: Int)] = []
    /// Lines that give nobody anything.
    var faults: [String] = []
    var isReadable = true
    /// `nil` where only root may read it.
    let ledger: Ledger?
    private let rows: [Ledger.Row]

    init() {
        ledger = (try? SmallFile.contents(of: Paths.ledger) ?? []).map { Ledger($0) }
        rows = ledger?.rows ?? []
    }

    static func read(for caller: Credentials) -> UsernetReport {
        var seen = UsernetReport()
        guard let bytes = try? SmallFile.contents(of: Paths.usernet) ?? [] else {
            seen.isReadable = false
            return seen
        }
        var person = caller.user == .root ? nil : try? OwnerMatcher(caller)
        let usernet = UsernetFile(bytes)
        for skipped in usernet.faults {
            let field = words(of: skipped.text).first ?? []
            let owner = (try? person?.owner(field)) ?? nil
            guard caller.user == .root || owner != nil else { continue }
            seen.faults.append(
                "line \(skipped.line) of \(Paths.usernet) gives nobody anything: "
                    + skipped.fault.description)
        }
        for entry in usernet.entries {
            let owner: Owner?
            if caller.user == .root {
                owner = known(entry.owner)
            } else {
                owner = (try? person?.owner(entry.owner.field[...])) ?? nil
            }
            guard let owner else { continue }
            seen.entries.append((owner, entry.bridge, entry.count))
        }
        return seen
    }

    func owner(of nic: [UInt8]) -> String? {
        rows.first { $0.nic.bytes == nic }.map { printable($0.owner.field) }
    }

    /// A line may give a number, and the ledger has the name.
    private static func known(_ owner: Owner) -> Owner {
        guard case .user(let name) = owner,
            let number = decimal(name[...], upTo: UInt64(UInt32.max)),
            (try? Accounts.user(named: name)) == .some(nil),
            let known = (try? Accounts.name(of: UserID(UInt32(number)))) ?? nil
        else { return owner }
        return .user(known)
    }
}

extension HostStatus {
    mutating func observeQuotas(
        on host: KernelNetwork, _ usernet: UsernetReport, for caller: Credentials
    ) {
        guard usernet.isReadable else {
            return note(.quotas, "\(Paths.usernet), not visible to you")
        }
        for fault in usernet.faults { note(.quotas, fault) }
        for (owner, bridge, count) in usernet.entries {
            let (name, place) = (printable(owner.field), bridge.description)
            if let known = quotas?.firstIndex(where: { $0.owner == name && $0.bridge == place }) {
                quotas?[known].allowed += count
                continue
            }
            // A row without its NIC is taken away by the next helper, and counts no more.
            let used = usernet.ledger?.count(owner, on: bridge) { nic in
                host.veths.contains { $0.name.elementsEqual(nic) }
            }
            quotas?.append(QuotaReport(owner: name, bridge: place, used: used, allowed: count))
        }
        if usernet.ledger == nil { countOwn(usernet) }
        quotas?.sort { ($0.owner, $0.bridge) < ($1.owner, $1.bridge) }
    }

    /// Where a bridge is the user's by lines for himself alone, his NICs there are what is used. What a
    /// group has used its other members' NICs decide, too.
    private mutating func countOwn(_ usernet: UsernetReport) {
        var isHidden = false
        for position in (quotas ?? []).indices {
            guard let quota = quotas?[position] else { continue }
            let sharers = quotas?.count { $0.bridge == quota.bridge } ?? 0
            if sharers == 1, !quota.owner.hasPrefix("@") {
                let bridge = quota.bridge == "none" ? nil : quota.bridge
                quotas?[position].used = nics?.count { $0.bridge == bridge }
            } else {
                isHidden = true
            }
        }
        if isHidden { note(.quotas, "what a group has used only root sees, in \(Paths.ledger)") }
    }
}
