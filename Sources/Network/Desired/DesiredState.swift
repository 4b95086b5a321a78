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
        for other in networks {
            let file = owners[other.bridge]?.file ?? "another file"
            if other.bridge == network.bridge {
                refuse(
                    .bridge,
                    "\(file) already uses the bridge \(network.bridge): choose another bridge")
                continue
            }
            if other.ipv4.network.overlaps(network.ipv4.network) {
                refuse(
                    .network,
                    "\(network.ipv4.network) overlaps \(other.ipv4.network), the range in \(file): "
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
}
