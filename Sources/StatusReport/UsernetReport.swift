internal import HostPaths
internal import Linux
internal import Usernet

/// The lines of `/etc/lxc/lxc-usernet` and the rows of `/run/lxc/nics` that concern the caller.
struct UsernetReport {
    /// Each with the name that the ledger uses for its owner.
    var entries: [(owner: Owner, bridge: UsernetBridge, count: Int)] = []
    /// The invalid lines, as messages.
    var invalidLines: [String] = []
    var isReadable = true
    /// `nil` where only root may read it.
    let ledger: Ledger?
    private let rows: [Ledger.Row]

    init() {
        ledger = (try? SmallFile.contents(of: Paths.ledger) ?? []).map { Ledger($0) }
        rows = ledger?.rows ?? []
    }

    static func read(for caller: Credentials) -> UsernetReport {
        var report = UsernetReport()
        guard let bytes = try? SmallFile.contents(of: Paths.usernet) ?? [] else {
            report.isReadable = false
            return report
        }
        var matcher = caller.user == .root ? nil : try? OwnerMatcher(caller)
        let usernet = UsernetFile(bytes)
        for invalid in usernet.invalidLines {
            let field = words(of: invalid.text).first ?? []
            let owner = (try? matcher?.owner(field)) ?? nil
            guard caller.user == .root || owner != nil else { continue }
            report.invalidLines.append(
                "line \(invalid.line) of \(Paths.usernet) grants nothing: "
                    + invalid.error.description)
        }
        for entry in usernet.entries {
            let owner: Owner?
            if caller.user == .root {
                owner = ledgerOwner(entry.owner)
            } else {
                owner = (try? matcher?.owner(entry.owner.field[...])) ?? nil
            }
            guard let owner else { continue }
            report.entries.append((owner, entry.bridge, entry.count))
        }
        return report
    }

    func owner(of nic: [UInt8]) -> String? {
        rows.first { $0.nic.bytes == nic }.map { printable($0.owner.field) }
    }

    /// A line may name a user by ID, whereas the ledger contains the name.
    private static func ledgerOwner(_ owner: Owner) -> Owner {
        guard case .user(let name) = owner,
            let number = decimal(name[...], upTo: UInt64(UInt32.max)),
            (try? Accounts.user(named: name)) == .some(nil),
            let known = (try? Accounts.name(of: UserID(UInt32(number)))) ?? nil
        else { return owner }
        return .user(known)
    }
}
