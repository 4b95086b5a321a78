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
        return facts.network.replaced.map(replacement)
            + facts.usedNetworks.compactMap { network in
                if network.hasLostState { return lostState(network) }
                if network.isServedByLXCNet { return lxcNet(network) }
                if let change = change(network) {
                    return .warning(
                        network.bridge, change, .command("berth-net reload", by: .root))
                }
                // Reported only to root: other users cannot observe all that may be missing.
                guard network.foreignFirewalls != nil, network.state == .incomplete else {
                    return nil
                }
                // "tunnel" reports the rest.
                let missing = network.missing.filter { !network.missingOfTunnel.contains($0) }
                if missing.isEmpty, !network.missingOfTunnel.isEmpty { return nil }
                if network.differsOnlyInSize { return size(network) }
                return .problem(
                    network.bridge,
                    "something that berth-net created is missing: "
                        + listed(missing),
                    .command("berth-net reload", by: .root))
            }
    }

    /// Another MTU is harmless as long as IPv6 and DHCP have room: "path-mtu" and "nics" report
    /// sizes that do not fit together.
    private static func size(_ network: NetworkStatus) -> Finding? {
        guard network.mtu < 1280 else { return nil }
        return .warning(
            network.bridge,
            "its MTU is \(network.mtu), below 1280, so it cannot carry IPv6, and some programs in "
                + "containers fail with large packets: \(listed(network.missing))",
            .command("berth-net reload", by: .root))
    }

    private static func lostState(_ network: NetworkStatus) -> Finding {
        .problem(
            network.bridge,
            "the bridge exists, but the state of berth-net in \(Paths.lxcRuntime) is missing, as "
                + "if that directory had been emptied: names and reservations of containers do not "
                + "work, and berth-net does not maintain the network",
            .command("berth-net start", by: .root))
    }

    private static func lxcNet(_ network: NetworkStatus) -> Finding {
        .problem(
            network.bridge,
            "LXC's own service lxc-net was started again, and serves the network in place of "
                + "berth-net: names, reservations and settings of berth-net have no effect",
            .command("berth-net restart", by: .root),
            .advice("disable the service lxc-net, or it does so again"))
    }

    private static func replacement(_ twice: Settings.Replacement) -> Finding {
        let name = twice.setting.rawValue
        return .warning(
            "\(twice.former)",
            "\(name) is set again in line \(twice.place.line), so this line has no effect",
            .advice(
                "join both values in one line, or remove one of the lines, and run berth-net reload"
            ))
    }

    /// What has changed since berth-net read its settings last.
    private static func change(_ network: NetworkStatus) -> String? {
        guard network.isMade, let made = network.desired, let wanted = network.wanted,
            made.withoutKey != wanted.withoutKey || hasOtherKey(made, wanted)
        else { return nil }
        if let change = hostChange(made, wanted) { return change }
        guard made.withoutKey != wanted.withoutKey else {
            return "\(Paths.identityKey) was replaced after berth-net used it, so the addresses "
                + "that LXC_DHCP_HOSTS reserves are for the former hardware addresses"
        }
        let file = network.settingsFile ?? "the settings of berth-net"
        return
            "\(file) has changed since berth-net last applied the settings: the "
            + "change has no effect yet"
    }

    /// A change of this host, from which berth-net derives what the settings leave open.
    private static func hostChange(_ made: DesiredNetwork, _ wanted: DesiredNetwork) -> String? {
        var same = made.withoutKey
        let sameWanted = wanted.withoutKey
        guard same != sameWanted else { return nil }
        var changes: [String] = []
        if made.mtu != wanted.mtu {
            changes.append(
                "the MTU of the interface to the Internet, or LXC_BRIDGE_MTU, was \(made.mtu) and "
                    + "is now \(wanted.mtu)")
            same.mtu = wanted.mtu
        }
        if (made.ipv6 == nil) != (wanted.ipv6 == nil) {
            changes.append(
                "IPv6 of this host, or LXC_IPV6_ENABLE, was switched "
                    + (wanted.ipv6 == nil ? "off" : "on"))
            same.ipv6 = wanted.ipv6
            same.advertisesRouter = wanted.advertisesRouter
        }
        guard same == sameWanted else { return nil }
        return changes.joined(separator: ", and ")
            + ", which has no effect on the network yet"
    }

    /// Whether the reservations were computed with another key; only root can tell.
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
