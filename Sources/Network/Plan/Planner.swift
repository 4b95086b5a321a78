/// Computes the changes from the observed to the desired state. A pure function: `start`, `run` and
/// `plan` differ only in what they do with the result.
package struct Planner: Sendable {
    let capabilities: HostCapabilities
    /// All networks that the host has after the changes.
    let networks: [DesiredNetwork]
    /// Whether dnsmasq restarts even if nothing changes for it.
    let restartsDnsmasq: Bool

    package init(
        _ capabilities: HostCapabilities, networks: [DesiredNetwork] = [],
        restartsDnsmasq: Bool = false
    ) {
        self.capabilities = capabilities
        self.networks = networks
        self.restartsDnsmasq = restartsDnsmasq
    }

    /// The changes that create a network or update it.
    /// - Parameter foreign: the fixes that other programs' firewalls need.
    package func changes(
        to desired: DesiredNetwork, from observed: ObservedNetwork, record: Record.Entry?,
        foreign: [ForeignFirewall.Fix] = []
    ) -> [Change] {
        bridge(desired, observed) + bridgeSettings(desired, observed)
            + addresses(desired, observed, record) + isolation(desired, observed, record)
            + firewall(desired, observed, record) + foreignChanges(desired, foreign, record)
            + forwarding(desired, observed) + dnsmasq(desired, observed, record)
    }

    /// The changes that remove what the record names. The bridge stays if it has ports, or if
    /// berth-net did not make it.
    package func removal(of record: Record.Entry, from observed: ObservedNetwork) -> [Change] {
        let desired = record.desired
        let bridge = desired.bridge
        var changes: [Change] = []
        if let running = observed.dnsmasq {
            changes.append(.stopDnsmasq(bridge, running.arguments))
        }
        changes += fileRemoval(bridge, observed)
        changes += record.foreignFixes.map { .revertFix(bridge, $0) }
        changes += firewallRemoval(bridge, observed)
        guard let interface = observed.interface, interface.kind == .bridge else { return changes }
        if record.madeBridge, observed.ports.isEmpty {
            changes += [.deletion(of: bridge, interface)].compactMap { $0 }
        } else {
            changes += addressRemoval(
                of: desired.addresses.filter { observed.addresses.contains($0) },
                from: bridge, observed, leaving: observed.addresses)
        }
        return changes
    }

    /// Removes addresses and keeps the others. With the first IPv4 address of a range the kernel
    /// also removes the others of that range, unless promote_secondaries is set.
    private func addressRemoval(
        of addresses: [BridgeAddress], from bridge: BridgeName, _ observed: ObservedNetwork,
        leaving others: [BridgeAddress]
    ) -> [Change] {
        let removesSecondaries =
            addresses.contains { $0.bytes.count == 4 }
            && others.contains { $0.bytes.count == 4 && !addresses.contains($0) }
        let promotion =
            removesSecondaries
            ? kernel(Sysctls.promotes(bridge), "1", observed, mayBeAbsent: true) : nil
        return [promotion].compactMap { $0 } + addresses.map { .removeAddress(bridge, $0) }
    }

    private func bridge(_ desired: DesiredNetwork, _ observed: ObservedNetwork) -> [Change] {
        let name = desired.bridge
        guard let interface = observed.interface else {
            return [
                .createBridge(
                    name,
                    hardwareAddress: desired.hardwareAddress
                        ?? DesiredNetwork.standardHardwareAddress,
                    mtu: desired.mtu)
            ]
        }
        var changes: [Change] = []
        let address = HardwareAddressText.text(interface.address?.bytes ?? [])
        if let given = desired.hardwareAddress, given != address {
            changes.append(.setHardwareAddress(name, from: address, to: given))
        }
        if interface.mtu != desired.mtu {
            changes.append(.setMTU(name, from: interface.mtu, to: desired.mtu))
        }
        return changes
    }

    /// Precedes the addresses. A router needs no duplicate address detection or advertisements.
    private func bridgeSettings(_ desired: DesiredNetwork, _ observed: ObservedNetwork) -> [Change]
    {
        guard capabilities.hasIPv6 else { return [] }
        let enabling = kernel(
            Sysctls.disabled6(desired.bridge), "0", observed, mayBeAbsent: true)
        return [desired.ipv6 == nil ? nil : enabling].compactMap { $0 }
            + Sysctls.ofBridge(desired.bridge).compactMap {
                kernel($0, "0", observed, mayBeAbsent: observed.interface != nil)
            }
    }

    /// Makes this host a router. An uplink that learns its route from router advertisements is
    /// first told to keep accepting them: by default a router ignores them.
    private func forwarding(_ desired: DesiredNetwork, _ observed: ObservedNetwork) -> [Change] {
        var changes = [kernel(Sysctls.forwarding4, "1", observed, mayBeAbsent: true)]
        if desired.ipv6 != nil {
            changes += capabilities.advertisedUplinks.map {
                kernel(Sysctls.acceptsAdvertisements($0), "2", observed, mayBeAbsent: true)
            }
            changes.append(kernel(Sysctls.forwarding6, "1", observed, mayBeAbsent: true))
        }
        return changes.compactMap { $0 }
    }

    private func kernel(
        _ path: String, _ value: String, _ observed: ObservedNetwork, mayBeAbsent: Bool
    ) -> Change? {
        let now = observed.kernel[path]
        guard now != value, now != nil || !mayBeAbsent else { return nil }
        return .setKernel(path: path, from: now, to: value)
    }

    private func addresses(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        let bridge = desired.bridge
        let missing = desired.addresses.filter { !observed.addresses.contains($0) }
        // Only berth-net's own: other addresses of the bridge are the administrator's.
        let former = record?.desired.addresses ?? []
        let stale = former.filter {
            !desired.addresses.contains($0) && observed.addresses.contains($0)
        }
        // The kernel has an IPv6 address only once, whatever its prefix length.
        let isReplaced = { (address: BridgeAddress) in
            address.bytes.count == 16 && missing.contains { $0.bytes == address.bytes }
        }
        var changes: [Change] = stale.filter(isReplaced).map { .removeAddress(bridge, $0) }
        changes += missing.map { .addAddress(bridge, $0) }
        if observed.interface?.isUp != true { changes.append(.setUp(bridge, true)) }
        return changes
            + addressRemoval(
                of: stale.filter { !isReplaced($0) }, from: bridge, observed,
                leaving: observed.addresses + missing)
    }

    private func isolation(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        // A port's owner may have isolated it: only undo what an earlier setting isolated.
        guard desired.isolates || record?.desired.isolates ?? false else { return [] }
        return observed.ports.filter { $0.isIsolated != desired.isolates }
            .compactMap { port in
                port.name.map { .isolate(desired.bridge, port: $0, desired.isolates) }
            }
    }

    private func foreignChanges(
        _ desired: DesiredNetwork, _ fixes: [ForeignFirewall.Fix], _ record: Record.Entry?
    ) -> [Change] {
        desired.firewall.fixesForeign
            ? fixes.map { .applyFix(desired.bridge, $0) }
            : (record?.foreignFixes ?? []).map { .revertFix(desired.bridge, $0) }
    }
}
