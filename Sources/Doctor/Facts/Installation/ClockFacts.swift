internal import Linux
internal import Network

/// Whether the clock agrees with files that were written before.
struct ClockFacts: Equatable, Sendable {
    /// Seconds since 1970.
    var now: UInt64 = 0
    /// The latest modification time of the lease files, in the same unit.
    var latestLease: UInt64?

    /// No correct clock precedes the year of this version: 2026-01-01 UTC.
    static let earliest: UInt64 = 1_767_225_600

    static func observe(_ networks: [NetworkStatus]) -> ClockFacts {
        ClockFacts(
            now: wallClock(),
            latestLease: networks.compactMap(\.desired).compactMap {
                FileAttributes.modificationTime(of: DnsmasqPaths.leases(of: $0.bridge))
            }.max())
    }
}
