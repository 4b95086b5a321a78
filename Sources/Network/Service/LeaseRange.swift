/// The addresses that dnsmasq leases on a network.
struct LeaseRange {
    private let first: IPv4Address
    private let last: IPv4Address
    /// The number of clients that can have one at once.
    let size: Int

    init(_ network: DesiredNetwork) {
        let (first, last) = (network.dhcp.first, network.dhcp.last)
        (self.first, self.last) = (first, last)
        // The host's own address is never leased.
        let own = network.ipv4.map { first <= $0.address && $0.address <= last } ?? false ? 1 : 0
        let count = first <= last ? Int(last.number - first.number) + 1 - own : 0
        size = min(count, network.dhcp.maximum)
    }

    var numbers: ClosedRange<UInt32>? {
        first <= last ? first.number...last.number : nil
    }

    func contains(_ lease: Lease) -> Bool {
        IPv4Address(lease.address).map { first <= $0 && $0 <= last } ?? false
    }
}
