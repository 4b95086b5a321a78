internal import HostPaths
internal import Linux

/// All settings of this host: the network of lxc-net's files first, then one a file of net.d.
package struct SettingsFiles: Sendable {
    package var networks: [Settings] = []
    /// What is wrong in files that could not be read to their end.
    package var problems: [SettingsError] = []

    package init() {}

    package static func read() -> SettingsFiles {
        var files = SettingsFiles()
        files.readFirst()
        files.readFurther()
        return files
    }

    /// As LXC's own script reads them: `lxc`, which usually includes `lxc-net`; and `lxc-net` by itself
    /// where it does not.
    private mutating func readFirst() {
        let directory =
            Paths.settingsDirectories.first {
                SmallFile.exists("\($0)/lxc") || SmallFile.exists("\($0)/lxc-net")
            } ?? Paths.settingsDirectories[0]
        let own = "\(directory)/lxc-net"
        var reader = ShellSettings(file: own, source: Self.contents)
        do {
            try reader.read("\(directory)/lxc")
            if !reader.files.contains(own) { try reader.read(own) }
            networks.append(reader.settings)
        } catch {
            note(error, own)
        }
    }

    private mutating func readFurther() {
        let names = (try? SmallFile.names(in: Paths.networkSettings)) ?? []
        for name in names where name.hasSuffix(".conf") {
            let path = "\(Paths.networkSettings)/\(name)"
            var reader = ShellSettings(file: path, source: Self.contents)
            do {
                try reader.read(path)
                networks.append(reader.settings)
            } catch {
                note(error, path)
            }
        }
    }

    private mutating func note(_ error: any Error, _ file: String) {
        problems.append(
            error as? SettingsError
                ?? SettingsError(Place(file: file, line: 1), nil, "\(error)"))
    }

    private static func contents(_ path: String) throws -> [UInt8]? {
        do throws(Errno) { return try SmallFile.contents(of: path) } catch {
            throw SettingsError(
                Place(file: path, line: 1), nil, "it cannot be read: \(error)")
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
