internal import HostPaths

/// The desired state of all networks, or every problem that prevents it.
package struct DesiredState: Sendable {
    package var networks: [DesiredNetwork] = []
    /// The settings file of each network.
    package private(set) var files: [BridgeName: String] = [:]
    /// The places where `USE_LXC_BRIDGE` disables a network.
    package var switchedOff: [SettingLocation] = []
    package var problems: [SettingsError] = []
    package var warnings: [String] = []

    package init(_ files: SettingsFiles, _ facts: HostFacts) {
        problems = files.problems
        var facts = facts
        var owners: [BridgeName: Settings] = [:]
        var positions: [BridgeName: Int] = [:]
        // Automatic ranges are chosen last, from what the other networks leave free.
        let all = files.networks.enumerated()
        let ordered = all.filter { !$0.element.isAutomatic } + all.filter(\.element.isAutomatic)
        for (position, settings) in ordered {
            var validation = Validation(
                settings, facts,
                isFirst: position == 0 && !settings.file.hasPrefix(Paths.networkSettings))
            let network = validation.network()
            problems += validation.problems
            warnings += validation.warnings
            guard let network else {
                if validation.problems.isEmpty {
                    switchedOff.append(
                        settings[.useBridge].place ?? SettingLocation(file: settings.file, line: 1))
                }
                continue
            }
            refuseConflicts(of: network, settings, owners)
            owners[network.bridge] = settings
            self.files[network.bridge] = settings.file
            positions[network.bridge] = position
            networks.append(network)
            // The next automatic range must not overlap this one.
            facts.previous[network.bridge] = network
        }
        networks.sort { positions[$0.bridge, default: 0] < positions[$1.bridge, default: 0] }
    }

    private mutating func refuseConflicts(
        of network: DesiredNetwork, _ settings: Settings, _ owners: [BridgeName: Settings]
    ) {
        func refuse(_ setting: Setting, _ sentence: String) {
            problems.append(settings.error(setting, sentence))
        }
        refuseTunnelPorts(in: network, settings, of: network)
        for other in networks {
            let file = owners[other.bridge]?.file ?? "another file"
            if other.bridge == network.bridge {
                refuse(
                    .bridge,
                    "\(file) already uses the bridge \(network.bridge): choose another bridge")
                continue
            }
            if let mine = network.ipv4, let theirs = other.ipv4,
                mine.network.overlaps(theirs.network)
            {
                refuse(
                    .network,
                    "\(mine.network) overlaps \(theirs.network), the range in \(file): "
                        + "choose another range")
            }
            if let mine = network.ipv6, let theirs = other.ipv6,
                mine.network.overlaps(theirs.network)
            {
                refuse(
                    .ipv6Network,
                    "\(mine.network) overlaps \(theirs.network), the range in \(file): "
                        + "choose another range")
            }
            if let mine = network.uplink, mine.port == other.uplink?.port {
                refuse(
                    .uplink,
                    "\(mine.port) is also the uplink in \(file): an interface is a port of one "
                        + "bridge only; use another NIC or VLAN, or attach the containers to "
                        + "\(other.bridge)")
            }
            if let mine = network.tunnel, let theirs = other.tunnel {
                if mine.number == theirs.number {
                    refuse(
                        .vxlan,
                        "\(mine.number) is also the number in \(file): choose another number")
                }
                if mine.local == theirs.local, network.dns.port == other.dns.port,
                    network.dns.peers != nil, other.dns.peers != nil
                {
                    refuse(
                        .dnsPeers,
                        "the name server in \(file) already answers on \(mine.local): set another "
                            + "LXC_DNS_PORT on all hosts, or another LXC_VXLAN_LOCAL")
                }
            }
            refuseTunnelPorts(in: network, settings, of: other)
            if let others = owners[other.bridge] {
                refuseTunnelPorts(in: other, others, of: network)
            }
            for forward in network.forwards {
                guard let clash = other.forwards.first(where: { $0.collides(with: forward) }) else {
                    continue
                }
                refuse(
                    .forwards,
                    "\"\(forward)\" uses the same port as \"\(clash)\" in \(file): choose another "
                        + "port"
                )
            }
        }
    }

    /// Refuses forwards of the ports on which other hosts send to this one.
    private mutating func refuseTunnelPorts(
        in network: DesiredNetwork, _ settings: Settings, of other: DesiredNetwork
    ) {
        guard let tunnel = other.tunnel else { return }
        for forward in network.forwards {
            let port = forward.transport == .udp ? Tunnel.port : Tunnel.bgpPort
            guard forward.first <= port, port <= forward.last,
                forward.transport == .udp || tunnel.usesEVPN,
                forward.listens.map({ $0.text == tunnel.local.description }) ?? true
            else { continue }
            let error = settings.error(
                .forwards,
                "\"\(forward)\" would take the packets of "
                    + (forward.transport == .udp ? "VXLAN" : "BGP")
                    + " from other hosts, which LXC_VXLAN needs: choose another port")
            if !problems.contains(error) { problems.append(error) }
        }
    }
}
