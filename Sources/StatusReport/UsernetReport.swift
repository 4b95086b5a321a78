internal import HostPaths
internal import Linux
internal import Usernet

/// What `/etc/lxc/lxc-usernet` grants the caller (for root: all users), and the rows of
/// `/run/lxc/nics`.
struct UsernetReport {
    var grants: [UsernetGrant] = []
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
        let usernet = UsernetFile(bytes)
        if caller.user == .root {
            report.invalidLines = usernet.invalidLines.map(\.message)
            report.addAll(usernet)
        } else if var matcher = try? OwnerMatcher(caller) {
            report.add(usernet, for: &matcher)
        }
        return report
    }

    func owner(of nic: [UInt8]) -> String? {
        rows.first { $0.nic.bytes == nic }.map { printable($0.owner.field) }
    }

    func bridge(of nic: [UInt8]) -> String? {
        rows.first { $0.nic.bytes == nic }?.bridge.description
    }

    /// The lines that apply to one user.
    private mutating func add(_ usernet: UsernetFile, for matcher: inout OwnerMatcher) {
        func includes(_ field: ArraySlice<UInt8>) -> Bool {
            Grantee(field: field) == .everybody || ((try? matcher.owner(field)) ?? nil) != nil
        }
        invalidLines = usernet.invalidLines.filter { includes(words(of: $0.text).first ?? []) }
            .map(\.message)
        var bridges: [UsernetBridge] = []
        for entry in usernet.entries
        where !bridges.contains(entry.bridge) && includes(entry.grantee.field[...]) {
            bridges.append(entry.bridge)
        }
        for bridge in bridges {
            guard let own = try? usernet.lines(for: bridge, of: &matcher) else { continue }
            for line in own.lines { add(line.entry, chargedTo: line.owner) }
        }
    }

    /// All lines. Those that grant several users a quota each are also listed for every such user
    /// who has NICs or a line of their own.
    private mutating func addAll(_ usernet: UsernetFile) {
        for entry in usernet.entries {
            if case .owner(let owner) = entry.grantee, !entry.isPerUser {
                add(entry, chargedTo: Self.ledgerOwner(owner))
            } else {
                add(entry, chargedTo: nil)
            }
        }
        for bridge in grants.filter({ $0.owner == nil }).map(\.bridge).withoutRepeats {
            let owners = grants.filter { $0.bridge == bridge }.compactMap(\.owner)
            let holders = rows.filter { $0.bridge == bridge }.map(\.owner)
            for case .user(let name) in (owners + holders).withoutRepeats {
                guard let user = (try? Accounts.member(named: name)) ?? nil,
                    var matcher = try? OwnerMatcher(user.credentials),
                    let own = try? usernet.lines(for: bridge, of: &matcher)
                else { continue }
                for line in own.lines where line.entry.isPerUser {
                    add(line.entry, chargedTo: line.owner)
                }
            }
        }
    }

    private mutating func add(_ entry: UsernetEntry, chargedTo owner: Owner?) {
        let name = printable(owner?.field ?? entry.grantee.field)
        let known = grants.firstIndex {
            $0.name == name && $0.bridge == entry.bridge && ($0.owner == nil) == (owner == nil)
        }
        if let known {
            grants[known].lines.append(entry)
        } else {
            grants.append(
                UsernetGrant(owner: owner, name: name, bridge: entry.bridge, lines: [entry]))
        }
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

/// What the lines of an owner allow on one bridge.
struct UsernetGrant {
    /// With the name that the ledger uses. `nil` if each of several users has the quota.
    let owner: Owner?
    /// The owner, or the first field of the lines.
    let name: String
    let bridge: UsernetBridge
    var lines: [UsernetEntry]

    var allowed: Int { lines.reduce(0) { $0 + $1.count } }
}

extension UsernetFile.InvalidLine {
    fileprivate var message: String {
        "line \(line) of \(Paths.usernet) grants nothing: \(error.description)"
    }
}

extension Array where Element: Equatable {
    fileprivate var withoutRepeats: [Element] {
        reduce(into: []) { kept, element in if !kept.contains(element) { kept.append(element) } }
    }
}
