internal import Identity
internal import Netlink

/// The NICs of containers, which other programs detach or set down, or which lose their bridge.
extension Planner {
    /// The options of ports that are attached. These changes come first: until they are made, the
    /// ports let through frames that their grant forbids.
    func portOptions(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ record: Record.Entry?
    ) -> [Change] {
        observed.nics.compactMap { nic in
            guard nic.isAttached(to: observed), nic.isFinished else { return nil }
            guard let grant = nic.grant else {
                // Another program uses the groups that are neither Berth's nor 0.
                guard nic.interface.group == 0, nic.interface.isUp else { return nil }
                return nic.change(on: desired, .recordGrant(nic.presentGrant(record)))
            }
            let lost = nic.lostOptions(grant, record)
            return lost.isEmpty ? nil : nic.change(on: desired, .restore(lost))
        }
    }

    /// Attaches the NICs that have lost their bridge, and brings up those that are down. These
    /// changes come last: before a container can send, the network must be complete.
    func lostNICs(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, record: Record.Entry?
    ) -> [Change] {
        observed.nics.compactMap { nic in
            guard nic.isFinished, nic.grant != nil else { return nil }
            if nic.isAttached(to: observed) {
                return nic.interface.isUp ? nil : nic.change(on: desired, .bringUp)
            }
            guard nic.interface.master == nil,
                let options = nic.options(record, isolates: desired.isolates)
            else { return nil }
            return nic.change(on: desired, .attach(options))
        }
    }
}

extension ContainerNIC {
    fileprivate func change(on network: DesiredNetwork, _ step: NICChange.Step) -> Change {
        .nic(NICChange(bridge: network.bridge, port: port, step: step))
    }

    func isAttached(to observed: ObservedNetwork) -> Bool {
        interface.master != nil && interface.master == observed.interface?.index
    }

    /// The grant of a port that an earlier version or LXC's own helper created, as its options show
    /// it.
    fileprivate func presentGrant(_ record: Record.Entry?) -> PortGrant {
        let isBySetting = record?.isolatedPorts.contains(port) ?? false
        var grant = PortGrant()
        grant.isIsolated = interface.isIsolated && !isBySetting
        grant.filtersHardwareAddress = interface.isLocked
        return grant
    }

    /// The addresses from which a locked port accepts frames: its static FDB entries.
    func lockedAddresses(_ record: Record.Entry?) -> [MACAddress] {
        if let derivedAddress { return [derivedAddress] }
        if !pinnedAddresses.isEmpty { return pinnedAddresses }
        return record?.lockedAddresses(of: port) ?? []
    }

    /// All options that the NIC gets when it is attached; `nil` if they are not known.
    func options(_ record: Record.Entry?, isolates: Bool) -> NICChange.RestoredOptions? {
        guard let grant else { return nil }
        var options = NICChange.RestoredOptions()
        options.isIsolated = grant.isIsolated || isolates
        options.isIsolatedBySetting = isolates && !grant.isIsolated
        options.vlan = grant.vlan
        options.filtersAddresses = grant.filtersAddresses
        if grant.locksAddress {
            options.isLocked = true
            options.pinned = lockedAddresses(record)
            if options.pinned.isEmpty { return nil }
        }
        return options
    }

    /// The options that the grant demands and the port does not have.
    fileprivate func lostOptions(
        _ grant: PortGrant, _ record: Record.Entry?
    ) -> NICChange.RestoredOptions {
        var lost = NICChange.RestoredOptions()
        lost.isIsolated = grant.isIsolated && !interface.isIsolated
        if grant.locksAddress {
            lost.isLocked = !interface.isLocked || interface.learns
            lost.pinned = lockedAddresses(record).filter { !pinnedAddresses.contains($0) }
        }
        return lost
    }
}

extension PortGrant {
    /// Whether only one hardware address may pass.
    var locksAddress: Bool { filtersHardwareAddress || filtersAddresses }

    /// As words of lxc-usernet, separated by commas.
    package var options: String { words.joined(separator: ", ") }

    /// The options of a line in lxc-usernet that grants this.
    var words: [String] {
        var words: [String] = []
        if isIsolated { words.append("isolated") }
        if filtersAddresses {
            words.append("ipfilter")
        } else if filtersHardwareAddress {
            words.append("macfilter")
        }
        if let vlan { words.append("vlan=\(vlan)") }
        return words
    }
}
