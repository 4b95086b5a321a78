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

    /// - Parameter bytes: the ledger; `nil` if only root may read it.
    static func observe(_ bytes: [UInt8]?, _ path: PacketPathFacts) -> LedgerFacts {
        guard let bytes else { return LedgerFacts(isReadable: false) }
        let rows = Set(Ledger(bytes).rows.map { $0.nic.description })
        return LedgerFacts(
            damagedLines: Ledger.damagedLines(in: bytes),
            uncounted: path.nics.filter { $0.user != .root && !rows.contains($0.port) }
                .map(\.port))
    }
}
