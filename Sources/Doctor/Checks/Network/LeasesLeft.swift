internal import Network

/// Whether the DHCP server still has addresses for new containers.
enum LeasesLeft: Check {
    static let name = "leases"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.compactMap { network in
            guard let size = network.leaseRange, let desired = network.desired else { return nil }
            let bridge = network.bridge
            guard let used = network.leasesInRange else {
                return .unknown(bridge, "the leases cannot be read: run this as root")
            }
            let left = size - used
            guard left > 0 else {
                return Finding(
                    .problem, bridge,
                    (size == 1 ? "the only address is leased" : "all \(size) addresses are leased")
                        + ", so a new container gets none",
                    wideningFixes(network, desired, facts))
            }
            // berth status warns at the same share.
            guard Double(used) < 0.9 * Double(size) else {
                return Finding(
                    .warning, bridge, "\(used) of \(size) addresses are leased",
                    wideningFixes(network, desired, facts))
            }
            return .ok(bridge, "\(left) of \(size) addresses can still be leased")
        }
    }

    /// Settings with which dnsmasq leases the whole range of the network.
    private static func wideningFixes(
        _ network: NetworkStatus, _ desired: DesiredNetwork, _ facts: Facts
    ) -> [Fix] {
        let stop = "remove containers that are not needed, or wait until leases end"
        guard let ipv4 = desired.ipv4, let hosts = ipv4.network.hosts,
            let file = network.settingsFile,
            facts.installation.hasBerthNet
        else { return [.advice(stop)] }
        // The bridge usually has the first address.
        let first =
            hosts.lowerBound == ipv4.address
            ? IPv4Address(number: hosts.lowerBound.number + 1) : hosts.lowerBound
        let size = Int(hosts.upperBound.number - first.number) + 1
        guard size > network.leaseRange ?? 0 else {
            return [
                .advice("\(stop); or give the network a larger range with LXC_NETWORK")
            ]
        }
        var fixes: [Fix] = []
        // An automatic network refuses a range, and leases all addresses.
        if desired.dhcp.first > first || desired.dhcp.last < hosts.upperBound {
            fixes.append(
                .line("LXC_DHCP_RANGE=\"\(first),\(hosts.upperBound)\"", to: file, by: .root))
        }
        if desired.dhcp.maximum < size {
            fixes.append(.line("LXC_DHCP_MAX=\"\(size)\"", to: file, by: .root))
        }
        return fixes + [.command("berth-net reload", by: .root)]
    }
}
