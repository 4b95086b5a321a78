internal import HostPaths
internal import Linux

/// The settings files of this host: lxc-net's first, then each `*.conf` of net.d.
package struct SettingsFiles: Sendable {
    package var networks: [Settings] = []
    /// Errors of the files that could not be parsed.
    package var problems: [SettingsError] = []

    package init() {}

    package static func read() -> SettingsFiles {
        var files = SettingsFiles()
        let directory =
            Paths.settingsDirectories.first {
                SmallFile.exists("\($0)/lxc") || SmallFile.exists("\($0)/lxc-net")
            } ?? Paths.settingsDirectories[0]
        // Like LXC's script: `lxc` usually includes `lxc-net`, which is read by itself otherwise.
        files.read("\(directory)/lxc-net", after: ["\(directory)/lxc"])
        let names = (try? SmallFile.names(in: Paths.networkSettings)) ?? []
        for name in names where name.hasSuffix(".conf") {
            files.read("\(Paths.networkSettings)/\(name)")
        }
        return files
    }

    private mutating func read(_ file: String, after others: [String] = []) {
        var reader = ShellSettings(file: file, source: Self.contents)
        do throws(SettingsError) {
            for path in others + [file] where !reader.files.contains(path) { try reader.read(path) }
            networks.append(reader.settings)
        } catch {
            problems.append(error)
        }
    }

    private static func contents(_ path: String) throws(SettingsError) -> [UInt8]? {
        do throws(Errno) { return try SmallFile.contents(of: path) } catch {
            throw SettingsError(Place(file: path, line: 1), nil, "cannot read this file: \(error)")
        }
    }
}

/// What shall be, of all networks: or everything that stands in its way.
package struct DesiredState: Sendable {
    package var networks: [DesiredNetwork] = []
    /// Where a network is switched off.
    package var switchedOff: [Place] = []
    package var problems: [SettingsError] = []
    package var warnings: [String] = []

    package init(_ files: SettingsFiles, _ facts: HostFacts) {
        problems = files.problems
        var facts = facts
        var owners: [BridgeName: Settings] = [:]
        var positions: [BridgeName: Int] = [:]
        // Automatic ranges are chosen among what the others leave.
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
                        settings[.useBridge].place ?? Place(file: settings.file, line: 1))
                }
                continue
            }
            check(network, settings, owners)
            owners[network.bridge] = settings
            positions[network.bridge] = position
            networks.append(network)
            // An automatic range must not take what was just given away.
            facts.previous[network.bridge] = network
        }
        networks.sort { positions[$0.bridge, default: 0] < positions[$1.bridge, default: 0] }
    }

    private mutating func check(
        _ network: DesiredNetwork, _ settings: Settings, _ owners: [BridgeName: Settings]
    ) {
        func refuse(_ setting: Setting, _ sentence: String) {
            problems.append(
                SettingsError(
                    settings[setting].place ?? Place(file: settings.file, line: 1),
                    setting.rawValue, sentence))
        }
        for other in networks {
            let file = owners[other.bridge]?.file ?? "another file"
            if other.bridge == network.bridge {
                refuse(
                    .bridge, "\(network.bridge) is the bridge of \(file) already: choose another")
                continue
            }
            if other.ipv4.network.overlaps(network.ipv4.network) {
                refuse(
                    .network,
                    "\(network.ipv4.network) is in use by \(file), whose network is "
                        + "\(other.ipv4.network): choose another range")
            }
            if let mine = network.ipv6, let theirs = other.ipv6,
                mine.network.overlaps(theirs.network)
            {
                refuse(
                    .ipv6Network,
                    "\(mine.network) is in use by \(file), whose network is "
                        + "\(theirs.network): choose another range")
            }
            for forward in network.forwards {
                guard let clash = other.forwards.first(where: { $0.collides(with: forward) }) else {
                    continue
                }
                refuse(
                    .forwards, "\"\(forward)\" and \"\(clash)\" of \(file) are about the same port")
            }
        }
    }
}
