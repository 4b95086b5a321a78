import FuzzDriver
import Netlink
import Usernet

/// Parses the input as a ledger. No change loses a row that it does not remove, even if the
/// writer is killed at any byte.
@_cdecl("LLVMFuzzerTestOneInput")
func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = bytes.first, let mine = InterfaceName("veth1_mine".utf8),
        let bridge = UsernetBridge("br0".utf8)
    else { return 0 }
    let isThere = { (name: InterfaceName) in name.bytes.reduce(choice) { $0 &+ $1 } & 1 == 0 }
    let before = Array(bytes.dropFirst())
    // Skip text with "# rewrite" in the middle of a line: torn, such a line could pass for a
    // notice. A row would need the type "rewrite" for that, which no program writes.
    if String(decoding: before, as: UTF8.self).contains(/[^\n]# rewrite/) { return 0 }
    var ledger = Ledger(before)
    let stay = ledger.rows.filter { $0.bridge != bridge || isThere($0.nic) }

    let culled = ledger.removeStaleRows(
        on: bridge, stoppingAfter: .max, unless: { isThere($0.nic) }
    ).changes
    check(stay, survive: culled, of: before)
    let middle = ledger.bytes
    let row = Ledger.Row(owner: .user([choice]), bridge: bridge, nic: mine)
    let added = ledger.add(row)
    check(stay, survive: added, of: middle)
    precondition(ledger.rows.contains(row))
    let after = ledger.bytes
    let removed = ledger.remove(row)
    // The text may have had the same row already.
    check(stay.filter { $0 != row }, survive: removed, of: after)
    precondition(!ledger.rows.contains(row))
    return 0
}

/// Checks the file after parts of each change. A few lengths suffice, because the fuzzer tries
/// others.
private func check(_ rows: [Ledger.Row], survive changes: [Ledger.Change], of bytes: [UInt8]) {
    var file = bytes
    for change in changes {
        if case .write(let new, let offset) = change {
            for length in [0, 1, new.count / 2, max(0, new.count - 1)] {
                var torn = file
                Ledger.Change.write(Array(new.prefix(length)), at: offset).apply(to: &torn)
                let found = Ledger(torn).rows
                for row in rows { precondition(found.contains(row)) }
                // A second writer that is killed during the repair.
                var second = Ledger(torn)
                let repair = second.removeStaleRows(on: .none, stoppingAfter: 0) {
                    _ throws(Never) in true
                }
                .changes
                guard
                    let last = repair.first(where: { if case .write = $0 { true } else { false } }
                    ),
                    case .write(let text, let place) = last
                else { continue }
                var twice = torn
                Ledger.Change.write(Array(text.prefix(text.count / 2)), at: place).apply(to: &twice)
                let again = Ledger(twice).rows
                for row in rows { precondition(again.contains(row)) }
            }
        }
        change.apply(to: &file)
    }
    let found = Ledger(file).rows
    for row in rows { precondition(found.contains(row)) }
}

fuzz(test)
