internal import Identity
internal import Netlink

/// The bridge itself: its attributes, its addresses, and the isolation of its ports.
extension Planner {
    /// The changes that must precede those of the addresses.
    func bridge(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        let name = desired.bridge
        var changes: [Change] = []
        if observed.interface == nil {
            changes.append(
                .createBridge(
                    name,
                    hardwareAddress: desired.hardwareAddress
                        ?? DesiredNetwork.standardHardwareAddress,
                    mtu: desired.mtu))
        }
        let isOwn = observed.origin(record).isOwn
        let attributes = attributes(of: desired, isOwn: isOwn)
        // The kernel enables IPv6 on a bridge, with default settings, when the bridge is created,
        // and again when its MTU reaches 1280.
        let isReset = observed.interface.map { $0.mtu < 1280 && desired.mtu >= 1280 } ?? true
        for (attribute, value) in attributes {
            let now = observed.value(of: attribute)
            if observed.interface == nil, Sysctls.ofClosedBridge(name).contains(attribute) {
                let initial = observed.initialValue(of: attribute)
                guard initial != value else { continue }
                changes += [.set(attribute, of: name, from: initial, to: value)].compactMap { $0 }
            } else if isReset, Sysctls.ofBridge(name).contains(attribute) {
                // For a bridge that is not berth-net's own, record the value that the kernel will
                // give it.
                let initial = isOwn ? nil : observed.initialValue(of: attribute)
                guard initial != value else { continue }
                changes += [.set(attribute, of: name, from: initial, to: value)].compactMap { $0 }
            } else if let now, now != value {
                changes += [.set(attribute, of: name, from: now, to: value)].compactMap { $0 }
            }
        }
        return changes
    }

    /// Restores what earlier settings changed and the current ones do not. These changes follow
    /// those of the addresses.
    func obsoleteAttributes(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        guard let record else { return [] }
        let attributes = attributes(of: desired, isOwn: observed.origin(record).isOwn)
        let obsolete = record.alterations.filter { alteration in
            alteration.attribute != .link
                && !attributes.contains { $0.0 == alteration.attribute }
        }
        let others = observed.addresses.filter { address in
            !record.ownAddresses.contains { $0.address == address }
        }
        return restoration(obsolete, of: desired.bridge, observed, besides: others)
    }

    /// The values that the settings give the bridge, vlan_filtering among them. A router needs
    /// neither advertisements of other routers nor duplicate address detection: accept_dad disables
    /// it for all addresses, IFA_F_NODAD ("nodad" in ip-address(8)) would for one.
    private func attributes(
        of desired: DesiredNetwork, isOwn: Bool
    ) -> [(Alteration.Attribute, String)] {
        let bridge = desired.bridge
        var attributes: [(Alteration.Attribute, String)] = [(.mtu, "\(desired.mtu)")]
        if let address = desired.hardwareAddress { attributes.append((.hardwareAddress, address)) }
        if desired.isVLANAware { attributes.append((.vlanFiltering, "1")) }
        // Without promote_secondaries, the kernel removes all IPv4 addresses of a range when the
        // first one is removed.
        if !isOwn { attributes.append((.kernel(Sysctls.promoteSecondaries(bridge)), "1")) }
        // Without an address there, this host would answer for those of its other interfaces.
        if desired.ipv4 == nil { attributes.append((.kernel(Sysctls.ignoresARP(bridge)), "8")) }
        guard capabilities.hasIPv6 else { return attributes }
        if desired.ipv6 != nil { attributes.append((.kernel(Sysctls.disabled6(bridge)), "0")) }
        // Nor does it need a link-local address in a LAN to which it does not belong.
        if desired.isClosed(isIPv6: true) {
            attributes.append((.kernel(Sysctls.disabled6(bridge)), "1"))
        }
        return attributes + Sysctls.ofBridge(bridge).map { ($0, "0") }
    }

    /// Restores values that berth-net changed, unless they have been changed again since.
    /// - Parameter others: addresses that are not berth-net's, which must not be lost.
    private func restoration(
        _ alterations: [Alteration], of bridge: BridgeName, _ observed: ObservedNetwork,
        besides others: [BridgeAddress]
    ) -> [Change] {
        alterations.reversed().compactMap { alteration in
            guard observed.value(of: alteration.attribute) == alteration.after else { return nil }
            switch alteration.attribute {
            // This would cut off containers, or remove addresses that are not berth-net's.
            case .link where !observed.ports.isEmpty: return nil
            // Containers of different VLANs would reach each other.
            case .vlanFiltering where observed.ports.contains(where: \.hasVLAN): return nil
            case .kernel(Sysctls.disabled6(bridge)) where !others.allSatisfy(\.isIPv4): return nil
            default: break
            }
            return .set(
                alteration.attribute, of: bridge, from: alteration.after, to: alteration.before)
        }
    }

    func addresses(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        let bridge = desired.bridge
        let missing = desired.addresses.filter { !observed.addresses.contains($0) }
        // An interface has an IPv6 address only once, whatever the prefix length.
        let replaced = observed.addresses.filter { $0.isReplaced(by: missing) }
        // Only berth-net's own: other addresses of the bridge are the administrator's.
        let stale = (record?.ownAddresses ?? []).filter { own in
            !desired.addresses.contains(own.address) && observed.addresses.contains(own.address)
                && !replaced.contains(own.address)
        }
        var changes: [Change] = replaced.map { .removeAddress(bridge, $0) }
        changes += missing.map { .addAddress(bridge, $0) }
        if observed.interface?.isUp != true { changes.append(.setUp(bridge, true)) }
        // On a bridge that is not berth-net's own, the changes to its attributes set
        // promote_secondaries.
        return changes
            + addressRemoval(
                of: stale, from: bridge, observed, record, leaving: observed.addresses + missing,
                isPromoting: !observed.origin(record).isOwn)
    }

    /// Removes addresses, and adds those that they replaced. Sets promote_secondaries to keep the
    /// others: without it, the kernel removes all IPv4 addresses of a range when the first one is
    /// removed.
    /// - Parameter isPromoting: whether earlier changes of the plan have set promote_secondaries.
    private func addressRemoval(
        of addresses: [Record.Address], from bridge: BridgeName, _ observed: ObservedNetwork,
        _ record: Record.Entry?, leaving others: [BridgeAddress], isPromoting: Bool = false
    ) -> [Change] {
        let removed = addresses.map(\.address)
        let mayRemoveOthers =
            removed.contains(where: \.isIPv4)
            && others.contains { $0.isIPv4 && !removed.contains($0) }
        let promotion = Alteration.Attribute.kernel(Sysctls.promoteSecondaries(bridge))
        let now = observed.value(of: promotion)
        let needsPromotion = mayRemoveOthers && !isPromoting && now != nil && now != "1"
        var changes: [Change] = []
        func promote(_ from: String?, _ to: String?) {
            guard needsPromotion, let to else { return }
            changes += [.set(promotion, of: bridge, from: from, to: to)].compactMap { $0 }
        }
        promote(now, "1")
        changes += removed.map { .removeAddress(bridge, $0) }
        changes += addresses.compactMap(\.replaced).filter { !others.contains($0) }
            .map { .addAddress(bridge, $0) }
        // On a bridge that is not its own, berth-net had set promote_secondaries to 1. If it is 0
        // now, another program has changed it: restore that value.
        if !observed.origin(record).isOwn { promote("1", now) }
        return changes
    }

    /// Isolates all ports (IFLA_BRPORT_ISOLATED), or releases those that an earlier setting
    /// isolated. Ports that lxc-usernet isolates stay isolated.
    func isolation(
        _ isolates: Bool, of bridge: BridgeName, _ observed: ObservedNetwork,
        _ record: Record.Entry?
    ) -> [Change] {
        observed.ports.filter {
            isolates
                ? !$0.isIsolated
                : $0.isIsolated && record?.isolatedPorts.contains(Record.Port($0)) ?? false
        }
        .filter { $0.name != nil }.map { .isolate(bridge, port: Record.Port($0), isolates) }
    }

    /// Before the rules are removed, sets down a bridge that berth-net created and that has ports,
    /// and therefore stays. Without the rules, this host would forward all packets of containers,
    /// even packets with the source address of another host. A bridge that has addresses of the
    /// administrator stays up.
    static func closing(_ entry: Record.Entry, _ observed: ObservedNetwork) -> [Change] {
        let own = entry.ownAddresses.map(\.address)
        guard entry.bridge.isOwn, let interface = observed.interface, interface.kind == .bridge,
            interface.isUp, !observed.ports.isEmpty, observed.addresses.allSatisfy(own.contains)
        else { return [] }
        return [.setUp(entry.desired.bridge, false)]
    }

    /// Undoes what berth-net did to the bridge. Deletes a bridge that berth-net created, if it has
    /// no ports.
    func bridgeRemoval(_ entry: Record.Entry, _ observed: ObservedNetwork) -> [Change] {
        let bridge = entry.desired.bridge
        guard let interface = observed.interface, interface.kind == .bridge else { return [] }
        if entry.bridge.isOwn, observed.ports.isEmpty {
            return [.deletion(of: bridge, interface)].compactMap { $0 }
        }
        let own = entry.ownAddresses.filter { observed.addresses.contains($0.address) }
        let others = observed.addresses.filter { address in !own.contains { $0.address == address }
        }
        var changes = isolation(false, of: bridge, observed, entry)
        changes += addressRemoval(of: own, from: bridge, observed, entry, leaving: others)
        let restored = restoration(entry.alterations, of: bridge, observed, besides: others)
        changes += restored
        // A bridge loses its IPv6 addresses when it is set down.
        if restored.contains(where: { if case .setUp = $0 { true } else { false } }) {
            changes += (others + own.compactMap(\.replaced)).filter { !$0.isIPv4 }
                .map { .addAddress(bridge, $0) }
        }
        return changes
    }
}

extension Interface {
    /// Whether lxc-usernet puts the port into a VLAN.
    fileprivate var hasVLAN: Bool { PortGrant(group: group)?.vlan != nil }
}

extension BridgeAddress {
    var isIPv4: Bool { bytes.count == 4 }

    /// Whether one of them is the same IPv6 address with another prefix length.
    func isReplaced(by addresses: [BridgeAddress]) -> Bool {
        !isIPv4 && addresses.contains { $0.bytes == bytes && $0.length != length }
    }
}
