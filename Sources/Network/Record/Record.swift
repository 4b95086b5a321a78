package import Netlink

/// The record of what berth-net created or changed: its state file, in a directory that a reboot
/// clears. `stop` and later changes undo what it names, and nothing else, even if the settings have
/// changed.
package struct Record: Codable, Hashable, Sendable {
    /// The version of the format that this build writes.
    package static let currentVersion = 2

    package var version = Record.currentVersion
    package var networks: [Entry] = []
    /// Bridges of removed networks that berth-net kept because containers used them.
    package var left: [LeftBridge] = []
    /// What was changed for all networks together.
    package var host = HostEntry()
    /// Whether lxc-net's network is being replaced, and parts of it may still exist.
    package var replacesStock = false

    package static let empty = Record()

    package struct Entry: Codable, Hashable, Sendable {
        package var desired: DesiredNetwork
        package var bridge: Origin
        /// The index of the bridge, which another bridge of the same name would not have. `nil`
        /// while the bridge is being created, and in records of version 1.
        package var bridgeIndex: Int32?
        package var addresses: [Address] = []
        /// What berth-net changed on a bridge that is not its own.
        package var alterations: [Alteration] = []
        /// The ports that LXC_ISOLATE isolated. Those that lxc-usernet isolates are not listed.
        package var isolatedPorts: [Port] = []
        /// Whether an earlier build isolated ports without recording which.
        package var hasUnrecordedIsolation = false
        /// For locked ports, the hardware addresses that berth-nic did not derive from an identity.
        /// They are not recorded elsewhere once the port has lost its bridge.
        package var lockedAddresses: [LockedAddress]?
        package var firewall: AppliedFirewall?
        /// The table of ``TunnelGuard``; `nil` if it was not loaded.
        package var tunnelGuard: AppliedFirewall?
        /// The uplinks that berth-net attached and has not released: that of ``desired``, and
        /// others that are being released.
        package var uplinks: [UplinkEntry]?
        /// The route for names that the resolver of the host has.
        package var hostDNS: HostDNSRoute?
        package var dnsPort: UInt16
        /// The digest of the administrator's configuration file for dnsmasq.
        package var configurationDigest: String?
        /// The changes made to other programs' firewalls.
        package var foreignFixes: [ForeignFirewall.Fix] = []
        /// Whether all changes were made. If not, the entry also lists planned changes, which may
        /// not have been made.
        package var isComplete: Bool
    }

    /// An address that the settings give the bridge.
    package struct Address: Codable, Hashable, Sendable {
        package var address: BridgeAddress
        package var origin: Origin
        /// The same IPv6 address with another prefix length, which was there before.
        package var replaced: BridgeAddress?
    }

    /// A port of a bridge, by name and index, because names can be reused.
    package struct Port: Codable, Hashable, Sendable {
        package var name: String
        package var index: Int32

        package init(_ interface: Interface) {
            name = interface.description
            index = interface.index.number
        }
    }

    package struct LockedAddress: Codable, Hashable, Sendable {
        package var port: Port
        /// As ``MACAddress`` prints it.
        package var address: String
    }

    package struct LeftBridge: Codable, Hashable, Sendable {
        package var bridge: BridgeName
        /// `nil` in records of version 1.
        package var index: Int32?
    }

    package struct AppliedFirewall: Codable, Hashable, Sendable {
        package enum Dialect: String, Codable, Sendable { case nft, iptables }
        package var dialect: Dialect
        /// The digest of the rules as berth-net rendered them.
        package var rendered: String
        /// The digest of the rules as the tool listed them afterwards.
        package var observed: String
        /// ``RuleListing/outline``, and the tool. `nil` in records of earlier builds.
        package var outline: String?
        package var tool: String?
    }

    package subscript(_ bridge: BridgeName) -> Entry? {
        networks.first { $0.desired.bridge == bridge }
    }

    /// Adds the entry, or replaces the one of the same bridge.
    package mutating func update(_ entry: Entry) {
        networks.removeAll { $0.desired.bridge == entry.desired.bridge }
        networks.append(entry)
    }

    /// Removes a network.
    /// - Parameter isInUse: whether containers still use its bridge. If so, a bridge that is
    ///   berth-net's own is added to ``left``.
    mutating func remove(_ bridge: BridgeName, isInUse: Bool) {
        guard let entry = self[bridge] else { return }
        networks.removeAll { $0.desired.bridge == bridge }
        if entry.bridge.isOwn, isInUse {
            left.append(LeftBridge(bridge: bridge, index: entry.bridgeIndex))
        }
    }

    /// The record without what has disappeared: a bridge that was deleted took its addresses and
    /// settings with it, and another bridge of the same name is not the one that was recorded.
    func matching(_ facts: HostFacts) -> Record {
        var record = self
        record.networks = networks.map { entry in
            var entry = entry
            entry.uplinks = entry.uplinks.map { $0.map { $0.matching(facts) } }
            let now = facts.interface(named: entry.desired.bridge)?.index.number
            guard let now, entry.bridgeIndex.map({ $0 == now }) ?? true else {
                return entry.withoutBridge(isReplaced: now != nil)
            }
            return entry
        }
        record.left = left.filter { left in
            let now = facts.interface(named: left.bridge)?.index.number
            return now != nil && (left.index == nil || left.index == now)
        }
        return record
    }

    /// The bridges that berth-net created or took over.
    var ownBridges: [BridgeName] {
        networks.filter(\.bridge.isOwn).map(\.desired.bridge) + left.map(\.bridge)
    }
}

extension Record.Entry {
    fileprivate func withoutBridge(isReplaced: Bool) -> Record.Entry {
        var entry = self
        if isReplaced { entry.bridge = .found }
        entry.bridgeIndex = nil
        entry.addresses = []
        entry.alterations = []
        entry.isolatedPorts = []
        entry.hasUnrecordedIsolation = false
        return entry
    }

    func lockedAddresses(of port: Record.Port) -> [MACAddress] {
        (lockedAddresses ?? []).filter { $0.port == port }
            .compactMap { MACAddress(text: $0.address.utf8) }
    }

    var ownAddresses: [Record.Address] { addresses.filter(\.origin.isOwn) }
}

/// Where a part of a network comes from.
package enum Origin: String, Codable, Sendable {
    /// berth-net created it.
    case made
    /// It existed before berth-net started, and stays.
    case found
    /// lxc-net created it, and berth-net took it over (takeover of a running network).
    case takenOver
    /// The record of an earlier build does not say. It counts as found.
    case unknown

    /// Whether berth-net removes it when it is no longer needed.
    package var isOwn: Bool { self == .made || self == .takenOver }
}
