/// What is to be done so that what is becomes what is wanted. A pure function: start, reload, run and
/// plan differ in what they do with its result.
package struct Planner: Sendable {
    let capabilities: HostCapabilities
    /// Whether dnsmasq starts anew in any case.
    let restartsDnsmasq: Bool

    package init(_ capabilities: HostCapabilities, restartsDnsmasq: Bool = false) {
        self.capabilities = capabilities
        self.restartsDnsmasq = restartsDnsmasq
    }

    /// The changes that bring a network about, or bring it up to date.
    package func changes(
        to wanted: DesiredNetwork, from observed: ObservedNetwork, record: Record.Entry?,
        foreign: [ForeignFirewall.Fix] = []
    ) -> [Change] {
        bridge(wanted, observed) + kernelBefore(wanted, observed)
            + addresses(wanted, observed, record) + isolation(wanted, observed, record)
            + firewall(wanted, observed, record) + foreignChanges(wanted, foreign, record)
            + kernelAfter(wanted, observed) + dnsmasq(wanted, observed, record)
    }

    /// The changes that undo what the record tells of. The bridge stays if anything hangs on it.
    package func removal(of record: Record.Entry, from observed: ObservedNetwork) -> [Change] {
        let wanted = record.wanted
        let bridge = wanted.bridge
        var changes: [Change] = []
        if let running = observed.dnsmasq {
            changes.append(.stopDnsmasq(bridge, running.arguments))
        }
        if let reservations = observed.reservations {
            changes.append(.writeReservations(bridge, from: reservations, to: nil))
        }
        changes += record.mended.map { .unmendForeign(bridge, $0) }
        changes += firewallRemoval(bridge, observed)
        guard let interface = observed.interface, interface.kind == .bridge else { return changes }
        if record.madeBridge, observed.ports.isEmpty {
            changes += [.deletion(of: bridge, interface)].compactMap { $0 }
        } else {
            changes += withdrawal(
                of: wanted.addresses.filter { observed.addresses.contains($0) },
                from: bridge, observed, leaving: observed.addresses)
        }
        return changes
    }

    /// Takes addresses away and leaves the others: with the first IPv4 address of a range the kernel
    /// takes away all others of the range too, unless it is told to promote the next one.
    private func withdrawal(
        of addresses: [BridgeAddress], from bridge: BridgeName, _ observed: ObservedNetwork,
        leaving others: [BridgeAddress]
    ) -> [Change] {
        let concerns =
            addresses.contains { $0.bytes.count == 4 }
            && others.contains { $0.bytes.count == 4 && !addresses.contains($0) }
        let promotion =
            concerns
            ? kernel(KernelSettings.promotes(bridge), "1", observed, mayBeAbsent: true) : nil
        return [promotion].compactMap { $0 } + addresses.map { .removeAddress(bridge, $0) }
    }

    private func bridge(_ wanted: DesiredNetwork, _ observed: ObservedNetwork) -> [Change] {
        let name = wanted.bridge
        guard let interface = observed.interface else {
            return [
                .createBridge(
                    name,
                    hardwareAddress: wanted.hardwareAddress
                        ?? DesiredNetwork.standardHardwareAddress,
                    mtu: wanted.mtu)
            ]
        }
        var changes: [Change] = []
        let address = HardwareAddressText.text(interface.address?.bytes ?? [])
        if let given = wanted.hardwareAddress, given != address {
            changes.append(.setHardwareAddress(name, from: address, to: given))
        }
        if interface.mtu != wanted.mtu {
            changes.append(.setMTU(name, from: interface.mtu, to: wanted.mtu))
        }
        return changes
    }

    /// What must hold before the bridge has addresses: it is a router, which neither waits to see
    /// whether its address is taken nor learns of others.
    private func kernelBefore(_ wanted: DesiredNetwork, _ observed: ObservedNetwork) -> [Change] {
        guard capabilities.hasIPv6 else { return [] }
        let enabling = kernel(
            KernelSettings.disabled6(wanted.bridge), "0", observed, mayBeAbsent: true)
        return [wanted.ipv6 == nil ? nil : enabling].compactMap { $0 }
            + KernelSettings.ofBridge(wanted.bridge).compactMap {
                kernel($0, "0", observed, mayBeAbsent: observed.interface != nil)
            }
    }

    /// What makes this host a router. An uplink that learns its own route from a router is told to go on
    /// with that first: a router does not listen to other routers by itself.
    private func kernelAfter(_ wanted: DesiredNetwork, _ observed: ObservedNetwork) -> [Change] {
        var changes = [kernel(KernelSettings.forwarding4, "1", observed, mayBeAbsent: true)]
        if wanted.ipv6 != nil {
            changes += capabilities.advertisedUplinks.map {
                kernel(KernelSettings.acceptsAdvertisements($0), "2", observed, mayBeAbsent: true)
            }
            changes.append(kernel(KernelSettings.forwarding6, "1", observed, mayBeAbsent: true))
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
        _ wanted: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        let bridge = wanted.bridge
        let missing = wanted.addresses.filter { !observed.addresses.contains($0) }
        // Only what was ours: an address that somebody gave the bridge besides is his.
        let former = record?.wanted.addresses ?? []
        let stale = former.filter {
            !wanted.addresses.contains($0) && observed.addresses.contains($0)
        }
        // The kernel has an IPv6 address once, whatever its range.
        let isInTheWay = { (address: BridgeAddress) in
            address.bytes.count == 16 && missing.contains { $0.bytes == address.bytes }
        }
        var changes: [Change] = stale.filter(isInTheWay).map { .removeAddress(bridge, $0) }
        changes += missing.map { .addAddress(bridge, $0) }
        if observed.interface?.isUp != true { changes.append(.setUp(bridge, true)) }
        return changes
            + withdrawal(
                of: stale.filter { !isInTheWay($0) }, from: bridge, observed,
                leaving: observed.addresses + missing)
    }

    private func isolation(
        _ wanted: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        // A single port may be isolated by whoever made it; all of them were by an earlier setting.
        guard wanted.isolates || record?.wanted.isolates ?? false else { return [] }
        return observed.ports.filter { $0.isIsolated != wanted.isolates }
            .map { .isolate(wanted.bridge, port: $0.name, wanted.isolates) }
    }

    private func foreignChanges(
        _ wanted: DesiredNetwork, _ mends: [ForeignFirewall.Fix], _ record: Record.Entry?
    ) -> [Change] {
        let before = record?.mended ?? []
        let kept = wanted.firewall.mendsForeign ? mends : []
        return kept.map { .mendForeign(wanted.bridge, $0) }
            + (wanted.firewall.mendsForeign
                ? [] : before.map { .unmendForeign(wanted.bridge, $0) })
    }

    /// The port at which the network's name server can serve.
    package func dnsPort(_ wanted: DesiredNetwork, _ observed: ObservedNetwork) -> UInt16 {
        observed.nameServerPortHolder == nil ? wanted.dns.port : 0
    }

    private func dnsmasq(
        _ wanted: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        let bridge = wanted.bridge
        guard capabilities.hasDnsmasq else { return [] }
        let words = Dnsmasq(
            network: wanted, dnsPort: dnsPort(wanted, observed), user: capabilities.dnsmasqAccount,
            nameServers: capabilities.nameServers
        ).arguments
        let reservations = Dnsmasq.reservations(wanted)
        var changes: [Change] = []
        if observed.reservations != reservations {
            changes.append(
                .writeReservations(bridge, from: observed.reservations, to: reservations))
        }
        guard let running = observed.dnsmasq else {
            return changes + [.startDnsmasq(bridge, words)]
        }
        let readsOther =
            record.map { $0.configurationDigest != observed.configurationDigest } ?? false
        if running.arguments != words || readsOther || restartsDnsmasq {
            changes.append(.restartDnsmasq(bridge, from: running.arguments, to: words))
        } else if !changes.isEmpty {
            changes.append(.rereadReservations(bridge))
        }
        return changes
    }
}

/// The kernel's settings that a network needs, as files.
enum KernelSettings {
    static let forwarding4 = "/proc/sys/net/ipv4/ip_forward"
    static let forwarding6 = "/proc/sys/net/ipv6/conf/all/forwarding"

    static func acceptsAdvertisements(_ interface: String) -> String {
        "/proc/sys/net/ipv6/conf/\(interface)/accept_ra"
    }

    static func promotes(_ bridge: BridgeName) -> String {
        "/proc/sys/net/ipv4/conf/\(bridge)/promote_secondaries"
    }

    static func disabled6(_ bridge: BridgeName) -> String {
        "/proc/sys/net/ipv6/conf/\(bridge)/disable_ipv6"
    }

    static func ofBridge(_ bridge: BridgeName) -> [String] {
        ["accept_dad", "accept_ra", "autoconf"].map { "/proc/sys/net/ipv6/conf/\(bridge)/\($0)" }
    }
}
