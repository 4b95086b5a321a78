/// Finds the leases of containers that no longer run, to release them (DHCPRELEASE). dnsmasq would
/// keep such an address until the lease ends, after an hour by default.
package struct SpentLeases: Sendable {
    /// How many milliseconds a lease without a NIC is kept, because its container may be
    /// restarting.
    package static let grace = 30_000
    /// The same if few addresses are free.
    package static let shortGrace = 5_000

    private struct Key: Hashable {
        let bridge: BridgeName
        let hardwareAddress: String
    }

    /// When the NIC of a lease was first missing, or when the lease was last released.
    private var missing: [Key: Int] = [:]

    package init() {}

    /// The state of a network at one moment.
    package struct Snapshot {
        package let network: DesiredNetwork
        package let leases: [Lease]
        /// The hardware addresses of the NICs that exist, attached or not.
        package let present: Set<String>

        package init(_ network: DesiredNetwork, leases: [Lease], present: Set<String>) {
            self.network = network
            self.leases = leases
            self.present = present
        }

        /// The leases of NICs of berth-nic that no longer exist.
        package var withoutNIC: [Lease] {
            leases.filter { lease in
                lease.isOfContainer && lease.hardwareAddress.map { !present.contains($0) } ?? false
            }
        }

        /// Whether fewer than an eighth of the addresses are free.
        package var isNearlyFull: Bool {
            let dhcp = network.dhcp
            let size = min(Int(dhcp.last.number) - Int(dhcp.first.number) + 1, dhcp.maximum)
            let used = leases.count { lease in
                IPv4Address(lease.address).map { dhcp.first <= $0 && $0 <= dhcp.last } ?? false
            }
            return (size - used) * 8 < size
        }
    }

    /// The leases to release now.
    /// - Parameter now: in milliseconds.
    package mutating func due(_ snapshot: Snapshot, at now: Int) -> [Lease] {
        let bridge = snapshot.network.bridge
        let spent = snapshot.withoutNIC
        var since: [Key: Int] = [:]
        var due: [Lease] = []
        let grace = snapshot.isNearlyFull ? Self.shortGrace : Self.grace
        for lease in spent {
            guard let address = lease.hardwareAddress else { continue }
            let key = Key(bridge: bridge, hardwareAddress: address)
            let start = missing[key] ?? now
            since[key] = start
            if now - start >= grace {
                due.append(lease)
                // If dnsmasq does not get the message, it is repeated.
                since[key] = now
            }
        }
        missing = missing.filter { $0.key.bridge != bridge }.merging(since) { $1 }
        return due
    }

    /// Whether a lease may become due without any event.
    package var isWaiting: Bool { !missing.isEmpty }

    /// Forgets networks that no longer exist.
    package mutating func keep(_ bridges: [BridgeName]) {
        missing = missing.filter { bridges.contains($0.key.bridge) }
    }
}
