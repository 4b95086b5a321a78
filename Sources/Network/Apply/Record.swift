internal import FoundationEssentials
internal import HostPaths
internal import JSONOutput
package import Linux

/// What was made, kept where a restart of the host forgets it: `stop` undoes this, whatever has
/// become of the settings.
package struct Record: Codable, Sendable {
    package var version = 1
    package var networks: [Entry] = []
    /// Bridges that were made here and outlived their networks, for containers were on them.
    package var left: [BridgeName] = []
    /// Whether lxc-net's own network is about to be taken over, and may still be there in part.
    package var replacesStock = false

    package static let empty = Record()

    package struct Entry: Codable, Sendable {
        package var wanted: DesiredNetwork
        /// Whether the bridge came into being here, and may be deleted.
        package var madeBridge: Bool
        package var firewall: AppliedFirewall?
        package var dnsPort: UInt16
        /// Of the administrator's own file for dnsmasq.
        package var configurationDigest: String?
        /// Firewalls of others that were told of the network.
        package var mended: [ForeignFirewall.Fix] = []
        /// Whether all of it was made; else it is what was begun.
        package var isWhole: Bool

        package init(
            wanted: DesiredNetwork, madeBridge: Bool, firewall: AppliedFirewall?, dnsPort: UInt16,
            configurationDigest: String?, mended: [ForeignFirewall.Fix] = [], isWhole: Bool
        ) {
            self.wanted = wanted
            self.madeBridge = madeBridge
            self.firewall = firewall
            self.dnsPort = dnsPort
            self.configurationDigest = configurationDigest
            self.mended = mended
            self.isWhole = isWhole
        }
    }

    package struct AppliedFirewall: Codable, Hashable, Sendable {
        package enum Dialect: String, Codable, Sendable { case nft, iptables }
        package var dialect: Dialect
        /// Of the rules as they were said.
        package var said: String
        /// Of the rules as they were found afterwards.
        package var found: String

        package init(
            dialect: Dialect, said: String, found: String
        ) {
            self.dialect = dialect
            self.said = said
            self.found = found
        }
    }

    package subscript(_ bridge: BridgeName) -> Entry? {
        networks.first { $0.wanted.bridge == bridge }
    }

    package mutating func put(_ entry: Entry) {
        remove(entry.wanted.bridge)
        networks.append(entry)
    }

    package mutating func remove(_ bridge: BridgeName) {
        networks.removeAll { $0.wanted.bridge == bridge }
    }

    /// What is left of a network that was taken down: its bridge, if containers are on it.
    package mutating func retire(_ entry: Entry, hasPorts: Bool) {
        remove(entry.wanted.bridge)
        if entry.madeBridge, hasPorts { left.append(entry.wanted.bridge) }
    }
}

extension Record {
    package enum FileError: Error, CustomStringConvertible {
        /// It is there and says nothing that could be understood.
        case corrupted
        /// Others than root may have written it, and what it says is done as root.
        case writableByOthers
        case inaccessible(Errno)

        package var description: String {
            switch self {
            case .corrupted:
                "\(Paths.networkRecord) cannot be understood: berth-net start writes it anew, and "
                    + "berth-net stop removes what the settings name"
            case .writableByOthers:
                "\(Paths.networkRecord) could be written by others than root: remove it, and berth-net "
                    + "start takes over what is there"
            case .inaccessible(let error): "cannot read or write \(Paths.networkRecord): \(error)"
            }
        }
    }

    /// - Returns: `nil` if nothing was made, or the host was started since.
    package static func load() throws(FileError) -> Record? {
        let bytes: [UInt8]?
        do { bytes = try SmallFile.trustedContents(of: Paths.networkRecord) } catch {
            throw error == .notPermitted ? .writableByOthers : .inaccessible(error)
        }
        guard let bytes else { return nil }
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
