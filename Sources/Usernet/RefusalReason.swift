/// The reasons for refusals of berth-nic, which are counted separately in `SharedCounters`.
///
/// The numbers are places in a file: do not change or reuse them.
package enum RefusalReason: Int, CaseIterable, Sendable {
    /// The quota is used up.
    case quota = 1
    /// No line of lxc-usernet grants the caller a NIC on the bridge.
    case noLine = 2
    /// The namespace is not the caller's, or has an interface of that name.
    case namespace = 3
    /// The bridge does not exist, or cannot do what the line demands.
    case bridge = 4
    /// The ledger could not be locked, read or written.
    case ledger = 5
    /// There is no such NIC to delete.
    case noSuchNIC = 6
    /// The kernel or another program failed.
    case system = 7
}
