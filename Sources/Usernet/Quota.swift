internal import Linux

/// Which of the caller's lines pays for one more NIC.
///
/// A NIC belongs to an owner, not to a line: lines of one owner add up, and his NICs fill them from
/// the first on. The next one is paid by the first line, in the order of the file, that has room.
package struct Quota {
    package private(set) var payer: Allotment?
    /// What the caller's lines allow, and how much of it is used.
    package private(set) var allowed = 0
    package private(set) var used = 0

    /// - Parameter allotments: the caller's lines for one bridge.
    package init(_ allotments: [Allotment], in ledger: Ledger) {
        var purses: [Purse] = []
        for allotment in allotments {
            let owner = allotment.owner
            let purse: Int
            if let known = purses.firstIndex(where: { $0.owner == owner }) {
                purse = known
            } else {
                purse = purses.count
                let used = ledger.count(owner, on: allotment.bridge)
                purses.append(Purse(owner: owner, used: used))
                self.used += used
            }
            purses[purse].allowed += allotment.count
            allowed += allotment.count
            if payer == nil, purses[purse].used < purses[purse].allowed { payer = allotment }
        }
    }

    private struct Purse {
        let owner: Owner
        let used: Int
        var allowed = 0
    }
}
