internal import Linux

/// Which of the caller's lines pays for one more NIC.
///
/// A NIC belongs to an owner, not to a line: lines of one owner add up, and his NICs fill them from
/// the first on. The next one is paid by the first line, in the order of the file, that has room.
package struct Quota {
    package private(set) var chargedEntry: UsernetEntry?
    /// What the caller's lines allow, and how much of it is used.
    package private(set) var allowed = 0
    package private(set) var used = 0

    /// - Parameter entries: the caller's lines for one bridge.
    /// - Parameter exists: see ``Ledger/count(_:on:where:)``.
    package init(
        _ entries: [UsernetEntry], in ledger: Ledger,
        where exists: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) {
        var usages: [OwnerUsage] = []
        for entry in entries {
            let owner = entry.owner
            let usage: Int
            if let known = usages.firstIndex(where: { $0.owner == owner }) {
                usage = known
            } else {
                usage = usages.count
                let used = ledger.count(owner, on: entry.bridge, where: exists)
                usages.append(OwnerUsage(owner: owner, used: used))
                self.used += used
            }
            usages[usage].allowed += entry.count
            allowed += entry.count
            if chargedEntry == nil, usages[usage].used < usages[usage].allowed {
                chargedEntry = entry
            }
        }
    }

    private struct OwnerUsage {
        let owner: Owner
        let used: Int
        var allowed = 0
    }
}
