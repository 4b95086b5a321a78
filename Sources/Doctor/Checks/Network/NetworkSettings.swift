internal import HostPaths
internal import Linux
internal import Network

/// Whether the settings of berth-net are valid, and everything that it created still exists.
enum NetworkSettings: Check {
    static let name = "network-settings"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        if let failure = facts.network.failure {
            return [.unknown("the network", failure)]
        }
        let problems = facts.network.problems.map {
            Finding.problem(
                "settings of berth-net", $0,
                .advice("correct it, and run berth-net check"))
        }
        guard problems.isEmpty else { return problems }
        if let failure = facts.network.recordFailure { return [record(failure, facts)] }
        return facts.usedNetworks.compactMap { network in
            if let change = change(network) {
                return .warning(
                    network.bridge, change, .command("berth-net reload", by: .root))
            }
            // Reported only to root: other users cannot observe all that may be missing.
            guard network.foreignFirewalls != nil, network.state == .incomplete else { return nil }
            return .problem(
                network.bridge,
                "something that berth-net created is missing: \(listed(network.missing))",
                .command("berth-net reload", by: .root))
        }
    }

    /// What has changed since berth-net read its settings last.
    private static func change(_ network: NetworkStatus) -> String? {
        guard network.isMade, let made = network.desired, let wanted = network.wanted,
            made.withoutKey != wanted.withoutKey || hasOtherKey(made, wanted)
        else { return nil }
        guard made.withoutKey != wanted.withoutKey else {
            return "\(Paths.identityKey) was replaced after berth-net used it, so the addresses "
                + "that LXC_DHCP_HOSTS reserves are for the former hardware addresses"
        }
        let file = network.settingsFile ?? "the settings of berth-net"
        return
            "\(file), or a property of this host such as IPv6 support or the MTU, has changed "
            + "since berth-net last applied the settings: the change has no effect yet"
    }

    /// Whether the reservations were made with another key; only root can know.
    private static func hasOtherKey(_ made: DesiredNetwork, _ wanted: DesiredNetwork) -> Bool {
        zip(made.dhcp.reservations, wanted.dhcp.reservations).contains { made, wanted in
            guard let old = made.container?.hardwareAddresses,
                let new = wanted.container?.hardwareAddresses
            else { return false }
            return !old.isEmpty && !new.isEmpty && old != new
        }
    }

    private static func record(_ failure: String, _ facts: Facts) -> Finding {
        let start = Fix.command("berth-net start", by: .root)
        switch facts.network.recordRemedy {
        case .start: return .warning("state of berth-net", failure, start)
        case .removal:
            return .problem(
                "state of berth-net", failure, .command("rm \(Paths.networkRecord)", by: .root),
                start)
        case .message, nil: return .warning("state of berth-net", failure)
        }
    }
}

extension DesiredNetwork {
    /// The network without what depends on the key for hardware addresses, which only root can
    /// read.
    fileprivate var withoutKey: DesiredNetwork {
        var network = self
        network.dhcp.reservations = network.dhcp.reservations.map(\.withoutHardwareAddresses)
        return network
    }
}
