internal import Netlink

/// A network with the changes that create or update it, and its future entry in the record.
struct PlannedNetwork {
    let desired: DesiredNetwork
    let observed: ObservedNetwork
    /// The present entry.
    let record: Record.Entry?
    var changes: [Change] = []
    /// The changes that follow those of all networks.
    var lostNICs: [Change] = []
    let dnsPort: UInt16
    var foreignFixes: [ForeignFirewall.Fix] = []

    /// The entry after these changes. These can differ from ``changes``: some planned changes may
    /// have failed. Changes to other networks are ignored.
    func entry(after changes: [Change], isComplete: Bool) -> Record.Entry {
        let changes = changes.filter { $0.concerns(desired.bridge) }
        let origin = observed.origin(record)
        return Record.Entry(
            desired: desired, bridge: origin, bridgeIndex: observed.interface?.index.number,
            addresses: addresses(after: changes, origin),
            alterations: alterations(after: changes, origin),
            isolatedPorts: isolatedPorts(after: changes),
            hasUnrecordedIsolation: record?.hasUnrecordedIsolation ?? false && desired.isolates,
            lockedAddresses: lockedAddresses,
            firewall: record?.firewall, tunnelGuard: record?.tunnelGuard,
            uplinks: uplinks(after: changes, isComplete: isComplete, isOwn: origin.isOwn),
            hostDNS: hostDNS(after: changes), dnsPort: dnsPort,
            configurationDigest: observed.configurationDigest, foreignFixes: foreignFixes,
            isComplete: isComplete)
    }

    /// A bridge that berth-net created is deleted, so nothing of it is restored. But the setting
    /// of VLANs, or the uplink, may be removed while the bridge stays.
    private func alterations(after changes: [Change], _ bridge: Origin) -> [Alteration] {
        (record?.alterations ?? []).after(changes).filter { alteration in
            !bridge.isOwn || alteration.attribute == .vlanFiltering
                || Sysctls.ofClosedBridge(desired.bridge).contains(alteration.attribute)
                    && alteration.after != "0"
        }
    }

    private func addresses(after changes: [Change], _ bridge: Origin) -> [Record.Address] {
        let former = record?.addresses ?? []
        var added: [BridgeAddress] = []
        for case .addAddress(_, let address) in changes { added.append(address) }
        return desired.addresses.compactMap { address in
            guard added.contains(address) else {
                guard observed.addresses.contains(address) else { return nil }
                return former.first { $0.address == address }
                    ?? .init(address: address, origin: bridge == .takenOver ? .takenOver : .found)
            }
            if former.contains(where: { $0.replaced == address }) {
                return .init(address: address, origin: .found)
            }
            let replaced = observed.addresses.first { $0.isReplaced(by: [address]) }
            let own = former.first { $0.address == replaced && $0.origin.isOwn }
            return .init(
                address: address, origin: .made, replaced: own == nil ? replaced : own?.replaced)
        }
    }

    private func isolatedPorts(after changes: [Change]) -> [Record.Port] {
        var ports = (record?.isolatedPorts ?? []).filter {
            observed.ports.map(Record.Port.init).contains($0)
        }
        for case .isolate(_, let port, let isolated) in changes {
            ports.removeAll { $0 == port }
            if isolated { ports.append(port) }
        }
        for case .nic(let change) in changes {
            guard case .attach(let options) = change.step else { continue }
            ports.removeAll { $0 == change.port }
            if options.isIsolatedBySetting { ports.append(change.port) }
        }
        return ports
    }

    private func hostDNS(after changes: [Change]) -> HostDNSRoute? {
        for case .routeNames(_, _, let route) in changes { return route }
        return record?.hostDNS.flatMap { observed.hostDNS == $0.expected ? $0 : nil }
    }

    private var lockedAddresses: [Record.LockedAddress]? {
        let addresses = observed.nics.flatMap { nic -> [Record.LockedAddress] in
            guard nic.derivedAddress == nil,
                nic.interface.isLocked || nic.grant?.locksAddress ?? false
            else { return [] }
            return nic.lockedAddresses(record).map {
                .init(port: nic.port, address: "\($0)")
            }
        }
        return addresses.isEmpty ? nil : addresses
    }

    /// The warning that ports stay isolated, because an earlier build did not record whether it or
    /// lxc-usernet had isolated them.
    var isolationWarning: String? {
        guard record?.hasUnrecordedIsolation ?? false, !desired.isolates else { return nil }
        let ports = observed.ports.filter { port in
            port.isIsolated && !(record?.isolatedPorts.contains(Record.Port(port)) ?? false)
        }
        return ports.isEmpty
            ? nil
            : "\(ports.map(\.description).joined(separator: ", ")) of \(desired.bridge): still "
                + "isolated, because the record of an earlier version does not say whether "
                + "LXC_ISOLATE or lxc-usernet isolated these ports: restart their containers"
    }
}
