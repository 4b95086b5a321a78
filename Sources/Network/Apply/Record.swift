internal import FoundationEssentials
internal import HostPaths
internal import JSONOutput
package import Linux

/// The record of what berth-net made, in a directory that a reboot clears. `stop` removes what it
/// names, even if the settings have changed.
package struct Record: Codable, Sendable {
    package var version = 1
    package var networks: [Entry] = []
    /// Bridges of removed networks that berth-net kept because containers used them.
    package var left: [BridgeName] = []
    /// Whether lxc-net's network is being replaced, and parts of it may still exist.
    package var replacesStock = false

    package static let empty = Record()

    package struct Entry: Codable, Sendable {
        package var desired: DesiredNetwork
        /// Whether berth-net made the bridge, and may delete it.
        package var madeBridge: Bool
        package var firewall: AppliedFirewall?
        package var dnsPort: UInt16
        /// The digest of the administrator's configuration file for dnsmasq.
        package var configurationDigest: String?
        /// The fixes made to other programs' firewalls.
        package var foreignFixes: [ForeignFirewall.Fix] = []
        /// Whether all changes were made; otherwise the entry lists what was started.
        package var isComplete: Bool

        // The keys of version 1, which a host may have from an earlier build.
        private enum CodingKeys: String, CodingKey {
            case desired = "wanted"
            case madeBridge, firewall, dnsPort, configurationDigest
            case foreignFixes = "mended"
            case isComplete = "isWhole"
        }

        package init(
            desired: DesiredNetwork, madeBridge: Bool, firewall: AppliedFirewall?, dnsPort: UInt16,
            configurationDigest: String?, foreignFixes: [ForeignFirewall.Fix] = [],
            isComplete: Bool
        ) {
            self.desired = desired
            self.madeBridge = madeBridge
            self.firewall = firewall
            self.dnsPort = dnsPort
            self.configurationDigest = configurationDigest
            self.foreignFixes = foreignFixes
            self.isComplete = isComplete
        }
    }

    package struct AppliedFirewall: Codable, Hashable, Sendable {
        package enum Dialect: String, Codable, Sendable { case nft, iptables }
        package var dialect: Dialect
        /// The digest of the rules as berth-net rendered them.
        package var rendered: String
        /// The digest of the rules as the tool listed them afterwards.
        package var observed: String

        private enum CodingKeys: String, CodingKey {
            case dialect
            case rendered = "said"
            case observed = "found"
        }

        package init(dialect: Dialect, rendered: String, observed: String) {
            self.dialect = dialect
            self.rendered = rendered
            self.observed = observed
        }
    }

    package subscript(_ bridge: BridgeName) -> Entry? {
        networks.first { $0.desired.bridge == bridge }
    }

    /// Adds the entry, or replaces the one of the same bridge.
    package mutating func update(_ entry: Entry) {
        networks.removeAll { $0.desired.bridge == entry.desired.bridge }
        networks.append(entry)
    }

    /// Removes a network, and notes its bridge if containers still use it.
    mutating func remove(_ removed: Service.RemovedNetwork) {
        let bridge = removed.entry.desired.bridge
        networks.removeAll { $0.desired.bridge == bridge }
        if removed.entry.madeBridge, !removed.ports.isEmpty { left.append(bridge) }
    }
}

extension Record {
    package enum FileError: Error, CustomStringConvertible {
        /// Its contents cannot be parsed.
        case corrupted
        /// Users other than root may have written it, and root would act on it.
        case writableByOthers
        case inaccessible(Errno)

        package var description: String {
            switch self {
            case .corrupted:
                "\(Paths.networkRecord) cannot be parsed: berth-net start rewrites it, and "
                    + "berth-net stop removes what the settings name"
            case .writableByOthers:
                "\(Paths.networkRecord) could be written by users other than root: remove it, and "
                    + "run berth-net start, which takes over the existing networks"
            case .inaccessible(let error): "cannot read or write \(Paths.networkRecord): \(error)"
            }
        }
    }

    /// - Returns: `nil` if berth-net has made nothing since the last boot.
    package static func load() throws(FileError) -> Record? {
        let bytes: [UInt8]
        do throws(TrustedFile.TrustError) {
            bytes = try TrustedFile.open(Paths.networkRecordName, in: Paths.lxcRuntime).contents()
        } catch {
            switch error {
            case .missing: return nil
            case .unreadable(_, let errno): throw .inaccessible(errno)
            case .writableByOthers, .notADirectory, .notRegular: throw .writableByOthers
            }
        }
        guard let record = decoded(bytes) else { throw .corrupted }
        return record
    }

    package static func decoded(_ bytes: [UInt8]) -> Record? {
        guard let record = try? JSONDecoder().decode(Record.self, from: Data(bytes)),
            record.version == 1
        else { return nil }
        return record
    }

    package var encoded: [UInt8] {
        Array(jsonText(self, isPretty: false, escapesSlashes: true).utf8)
    }

    package func save() throws(FileError) {
        do throws(Errno) {
            guard !networks.isEmpty || !left.isEmpty else {
                try SmallFile.remove(Paths.networkRecord)
                return
            }
            try SmallFile.replace(Paths.networkRecord, with: encoded, mode: 0o644)
        } catch {
            throw .inaccessible(error)
        }
    }
}
