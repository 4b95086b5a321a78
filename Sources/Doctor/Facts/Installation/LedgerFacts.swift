internal import HostPaths
internal import Linux
internal import Netlink
internal import Network
internal import Usernet

/// Whether the ledger and the lease files agree with the host.
struct LedgerFacts: Equatable, Sendable {
    var isReadable = true
    /// The lines of the ledger that are not rows, by number.
    var damagedLines: [Int] = []
    /// NICs of users' containers that have no row, so they count towards no quota.
    var uncounted: [String] = []
    /// A program that holds a lock on the ledger, and is stopped or is not one of Berth's; until
    /// it releases the lock, no container gets a NIC.
    var locker: String?

    /// - Parameter bytes: the ledger; `nil` if only root may read it.
    static func observe(_ bytes: [UInt8]?, _ path: PacketPathFacts) -> LedgerFacts {
        guard let bytes else { return LedgerFacts(isReadable: false, locker: observeLocker()) }
        let rows = Set(Ledger(bytes).rows.map { $0.nic.description })
        return LedgerFacts(
            damagedLines: Ledger.damagedLines(in: bytes),
            uncounted: path.nics.filter { $0.user != .root && !rows.contains($0.port) }
                .map(\.port), locker: observeLocker())
    }

    /// Reads the kernel's list of locks: see proc_locks(5).
    private static func observeLocker() -> String? {
        guard let file = SmallFile.lockName(of: Paths.ledger),
            let bytes = (try? SmallFile.start(of: "/proc/locks", atMost: 1 << 20)) ?? nil
        else { return nil }
        for line in Lines(bytes: bytes) {
            // Number, kind, mode, access, process, MAJOR:MINOR:INODE, start, end.
            let fields = words(of: bytes[line])
            guard fields.count > 5, fields[1].elementsEqual("POSIX".utf8),
                fields[5].elementsEqual(file.utf8), let id = ProcessID(digits: Array(fields[4])),
                let status = (try? ProcessStatus(of: id)) ?? nil
            else { continue }
            let isStopped = status.words("State").first?.first == 0x54
            let name = status.words("Name").first.map { Array($0) } ?? []
            // Berth holds the lock for milliseconds.
            guard isStopped || !name.starts(with: "berth".utf8) else { continue }
            return "\(UntrustedText(name).quoted) (process \(id.number))"
        }
        return nil
    }
}
