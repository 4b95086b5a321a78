internal import Linux

/// The caller's quota on a bridge, and the line of lxc-usernet to which the next NIC is charged.
///
/// The ledger names the owner of a NIC but no line. So the lines of an owner add up, and the NICs
/// of the owner use them up in the order of the file. The next NIC is charged to the first line
/// with free quota.
package struct Quota {
    package private(set) var charged: CallerLines.Line?
    /// The sum of the caller's lines, and how many NICs their owners have.
    package private(set) var allowed = 0
    package private(set) var used = 0

    /// - Parameter lines: the caller's lines for one bridge.
    /// - Parameter exists: see ``Ledger/count(_:on:where:)``.
    package init(
        _ lines: [CallerLines.Line], in ledger: Ledger,
        where exists: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) {
        var usages: [OwnerUsage] = []
        for line in lines {
            let (entry, owner) = (line.entry, line.owner)
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
            if charged == nil, usages[usage].used < usages[usage].allowed { charged = line }
        }
    }

    private struct OwnerUsage {
        let owner: Owner
        let used: Int
        var allowed = 0
    }
}
