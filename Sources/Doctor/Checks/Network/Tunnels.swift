internal import Linux
internal import Netlink
internal import Network

/// Whether the VXLAN port that joins a network with those of other hosts is as berth-net made it,
/// and whether the other hosts are reached: see ``TunnelPeers`` and ``TunnelSizes``.
enum Tunnels: Check {
    static let name = "tunnel"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.joinedNetworks.flatMap { network -> [Finding] in
            guard let tunnel = network.tunnel, let desired = tunnel.desired,
                let bridge = network.desired
            else { return [] }
            let found = facts.packetPath.tunnels[network.bridge] ?? TunnelFacts()
            let place = place(tunnel, network)
            let all =
                guardFindings(tunnel, place) + port(tunnel, desired, bridge, found, place)
                + address(tunnel, desired, found, place)
                + TunnelPeers.findings(tunnel, desired, found, facts, place)
                + TunnelSizes.findings(tunnel, desired, network, facts, place)
                + TunnelProbes.findings(desired, network, found, place)
            return all.contains { $0.verdict != .unknown }
                ? all : all + [.ok(place, summary(tunnel, found))]
        }
    }

    static let reload = Fix.command("berth-net reload", by: .root)

    private static func place(_ tunnel: TunnelStatus, _ network: NetworkStatus) -> String {
        "\(tunnel.port), LXC_VXLAN of \(network.bridge)"
    }

    private static func summary(_ tunnel: TunnelStatus, _ found: TunnelFacts) -> String {
        let hosts = tunnel.peers.count
        let probed = found.probes.map { _ in ", which received packets of the full size" } ?? ""
        return "the tunnel leads to \(counted(hosts, "host"))\(probed), and "
            + "\(tunnel.remoteAddresses) hardware "
            + (tunnel.remoteAddresses == 1 ? "address is" : "addresses are") + " behind it"
    }

    private static func guardFindings(_ tunnel: TunnelStatus, _ place: String) -> [Finding] {
        let result =
            "so DHCP, router advertisements and the gateway's address can cross the tunnel, and "
            + "containers can get the address or the gateway of another host"
        switch tunnel.guardState {
        case .asConfigured: return []
        case .missing:
            return [
                .problem(
                    place, "the firewall table that guards the tunnel is missing, \(result)",
                    reload)
            ]
        case .differs:
            return [
                .problem(
                    place,
                    "the firewall table that guards the tunnel was changed, \(result)", reload)
            ]
        case .notVisible:
            return [
                .unknown(place, "only root may read firewall rules: run this as root")
            ]
        }
    }

    private static func port(
        _ tunnel: TunnelStatus, _ desired: Tunnel, _ network: DesiredNetwork, _ found: TunnelFacts,
        _ place: String
    ) -> [Finding] {
        let cutOff = "so containers reach none on another host"
        if let other = found.otherInterface {
            return [
                .problem(
                    place,
                    other == desired.name
                        ? "an interface \(quoted(other)) exists that berth-net did not create, "
                            + cutOff
                        : "\(quoted(other)), which berth-net did not create, has the VNI "
                            + "\(desired.number), \(cutOff)",
                    .command("ip link delete \(quoted(other))", by: .root), reload)
            ]
        }
        guard let interface = tunnel.interface else {
            return [missing("does not exist", found, place, cutOff)]
        }
        if !tunnel.isUsable, let options = interface.vxlan, options != desired.options {
            return [.problem(place, differences(options, desired.options, cutOff), reload)]
        }
        return tunnel.faults.compactMap { fault in
            switch fault {
            case .down: missing("is down", found, place, cutOff)
            case .detached:
                .problem(
                    place, "the port is not attached to \(network.bridge), \(cutOff)", reload)
            case .notIsolated:
                .problem(
                    place,
                    "the port is not isolated, so containers with the option isolated reach those "
                        + "of other hosts", reload)
            case .learns:
                .problem(
                    place,
                    "the bridge learns addresses from the port, although BGP EVPN provides them",
                    reload)
            case .learnsNothing:
                .problem(
                    place,
                    "the bridge learns no addresses from the port, so it sends each frame for a "
                        + "container of another host to all hosts", reload)
            case .suppressesNeighbors:
                .problem(
                    place,
                    "neigh_suppress is on, so a container that moves is not reached for several "
                        + "seconds", reload)
            case .hasIPv6:
                .warning(
                    place, "IPv6 is not disabled on the port, so it sends packets of its own",
                    reload)
            // TunnelSizes reports those that are too large.
            case .size(let mtu):
                mtu >= network.mtu
                    ? nil
                    : .problem(
                        place,
                        "the port has an MTU of \(mtu), and \(network.bridge) one of "
                            + "\(network.mtu): larger frames to other hosts are dropped", reload)
            }
        }
    }

    /// - Parameter state: what is wrong with the port, which does not work.
    private static func missing(
        _ state: String, _ found: TunnelFacts, _ place: String, _ result: String
    ) -> Finding {
        guard let holder = found.portHolder else {
            return .problem(place, "the port \(state), \(result)", reload)
        }
        return .problem(
            place,
            "the port \(state), and \(holder) uses the UDP port \(Tunnel.port), \(result)",
            .advice("stop that program, which ss -lunp lists"), reload)
    }

    private static func differences(
        _ options: VXLANOptions, _ desired: VXLANOptions, _ result: String
    ) -> String {
        var words: [String] = []
        if options.number != desired.number {
            words.append("the VNI \(options.number) instead of \(desired.number)")
        }
        if options.local != desired.local {
            words.append(
                "the source address \(IPRange.text(options.local)) instead of "
                    + IPRange.text(desired.local))
        }
        if options.port != desired.port {
            words.append("the UDP port \(options.port) instead of \(desired.port)")
        }
        if options.learns != desired.learns {
            words.append(options.learns ? "learning on" : "learning off")
        }
        return "the port has \(listed(words)), \(result)"
    }

    private static func address(
        _ tunnel: TunnelStatus, _ desired: Tunnel, _ found: TunnelFacts, _ place: String
    ) -> [Finding] {
        guard !tunnel.hasLocal else { return [] }
        return [
            .problem(
                place,
                "\(desired.local), the address of LXC_VXLAN_LOCAL, is no longer an address of this "
                    + "host, so containers reach none on another host",
                .advice(
                    "give \(desired.underlay) the address again; or set LXC_VXLAN_LOCAL to the "
                        + "present address, list that in LXC_VXLAN_PEERS of the other hosts, and "
                        + "run berth-net reload on all of them"))
        ]
    }
}

extension Facts {
    /// The networks whose connection to other hosts is checked: for root, all of them.
    var joinedNetworks: [NetworkStatus] {
        network.made.filter { network in
            target.isRoot || config.bridges.contains { $0 == network.bridge }
        }
    }

    /// The NICs whose connection to other hosts is checked: for root, those of all users.
    var joinedNICs: [ContainerNICFacts] {
        target.isRoot && target.container == nil ? packetPath.nics : runningNICs
    }
}
