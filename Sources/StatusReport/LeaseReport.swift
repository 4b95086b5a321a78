internal import JSONOutput
internal import Linux
internal import Network

/// A DHCP lease of a container, which may have stopped since.
struct LeaseReport: Encodable, Equatable, Sendable {
    var bridge: String
    var address: String
    @OrNull var hardwareAddress: String?
    /// The name that the container sent.
    @OrNull var hostName: UntrustedText?
    /// The host's end of the container's NIC, if the container runs.
    @OrNull var nic: String?
    @OrNull var user: String?
    @OrNull var container: UntrustedText?
    /// `nil` for a lease without end.
    @OrNull var endsUnixSeconds: UInt64?
    @OrNull var remainingSeconds: UInt64?
}

extension HostStatus {
    /// - Parameter attached: the NICs that berth-nic created.
    mutating func observeLeases(_ attached: [AttachedNIC]) {
        let now = wallClock()
        var others = 0
        for network in networks ?? [] {
            guard let bridge = Network.BridgeName(network.bridge), network.isManaged else {
                continue
            }
            guard let found = Leases.of(bridge) else {
                note(.leases, "leases on \(bridge), not visible to you")
                continue
            }
            for lease in found {
                let nic = holder(of: lease, on: network.bridge)
                guard nic != nil || requester.uid == 0 else {
                    others += 1
                    continue
                }
                let known = attached.first { $0.hardwareAddress == lease.hardwareAddress }
                leases?.append(LeaseReport(lease, on: network.bridge, of: nic, known, now))
            }
        }
        if others > 0 {
            note(.leases, "\(counted(others, "lease")) of other users, not visible to you")
        }
    }

    /// The NIC with both addresses, or else the only one with either: a container can use another
    /// container's address or hardware address.
    private func holder(of lease: Lease, on bridge: String) -> NICReport? {
        let byAddress = (nics ?? []).filter {
            $0.bridge == bridge && $0.addresses.contains(lease.address)
        }
        let byHardware = (nics ?? []).filter {
            $0.bridge == bridge && $0.hardwareAddress != nil
                && $0.hardwareAddress == lease.hardwareAddress
        }
        let byBoth = byAddress.filter { byHardware.contains($0) }
        for found in [byBoth, byAddress, byHardware] where !found.isEmpty {
            return found.count == 1 ? found[0] : nil
        }
        return nil
    }
}

extension LeaseReport {
    /// - Parameter known: the NIC whose alias names the container, which is of use where its
    ///   processes cannot be seen.
    fileprivate init(
        _ lease: Lease, on bridge: String, of nic: NICReport?, _ known: AttachedNIC?, _ now: UInt64
    ) {
        self.init(
            bridge: bridge, address: lease.address, hardwareAddress: lease.hardwareAddress,
            hostName: lease.hostName, nic: nic?.hostName ?? known?.port,
            user: nic?.user ?? known.map { printable($0.label.user) },
            container: nic?.container ?? known.map { UntrustedText($0.label.name) },
            endsUnixSeconds: lease.ends,
            remainingSeconds: lease.ends.map { $0 > now ? $0 - now : 0 })
    }
}
