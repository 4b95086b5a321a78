internal import Linux
package import Netlink

/// A change to the uplink of a network.
package struct UplinkChange: Sendable {
    package let bridge: BridgeName
    package let uplink: Uplink
    package let step: Step

    package enum Step: Sendable {
        /// Creates the interface for the VLAN.
        case create
        /// Deletes the interface with this index.
        case delete(InterfaceIndex?)
        /// Attaches the port to the bridge, and keeps the MTU of the bridge at this value.
        case attach(mtu: UInt32)
        /// Takes the interface with this index off the bridge.
        case detach(InterfaceIndex?, mtu: UInt32)
        /// Sets an attribute of the port, or of the NIC below it.
        case set(BridgeName, Alteration.Attribute, from: String, to: String)
        /// Restores the options of the port. The strings say what is wrong with it.
        case restore([String])
    }

    private func with(_ step: Step) -> UplinkChange {
        UplinkChange(bridge: bridge, uplink: uplink, step: step)
    }

    /// `nil` if there is nothing to undo.
    var inverse: UplinkChange? {
        switch step {
        case .create: with(.delete(nil))
        case .delete: with(.create)
        case .attach(let mtu): with(.detach(nil, mtu: mtu))
        case .detach(_, let mtu): with(.attach(mtu: mtu))
        case .set(let name, let attribute, let from, let to):
            with(.set(name, attribute, from: to, to: from))
        case .restore: nil
        }
    }

    var sign: String {
        switch step {
        case .create, .attach: "+"
        case .delete, .detach: "-"
        case .set, .restore: "~"
        }
    }

    var sentence: String {
        switch step {
        case .create:
            "\(bridge): interface \(uplink.port) for VLAN \(uplink.vlan?.number ?? 0) of "
                + "\(uplink.nic)"
        case .delete: "\(bridge): interface \(uplink.port)"
        case .attach, .detach: "\(bridge): uplink \(uplink.port)"
        case .set(let name, .kernel(let path), let from, let to):
            "\(bridge): \(Sysctls.name(of: path)) of the uplink \(name), \(from) becomes \(to)"
        case .set(let name, _, _, let to): "\(bridge): link of the uplink \(name) is set \(to)"
        case .restore(let faults):
            "\(bridge): uplink \(uplink.port) is restored (\(faults.joined(separator: ", ")))"
        }
    }
}

extension Planner {
    /// Releases the recorded uplinks other than the desired one, and restores their NICs.
    func uplinkRemoval(
        _ observed: ObservedNetwork, _ record: Record.Entry?, keeping desired: Uplink? = nil
    ) -> [Change] {
        guard let record else { return [] }
        return (record.uplinks ?? []).filter { $0.uplink != desired }.flatMap {
            removal(of: $0, observed, record.desired)
        }
    }

    private func removal(
        of entry: Record.UplinkEntry, _ observed: ObservedNetwork, _ network: DesiredNetwork
    ) -> [Change] {
        let bridge = network.bridge
        guard let uplink = observed.uplinks.first(where: { $0.uplink == entry.uplink }) else {
            return []
        }
        func change(_ step: UplinkChange.Step) -> Change {
            .uplink(UplinkChange(bridge: bridge, uplink: entry.uplink, step: step))
        }
        var changes: [Change] = []
        if let port = uplink.port, port.master != nil, port.master == observed.interface?.index,
            entry.isAttached
        {
            changes.append(change(.detach(port.index, mtu: network.mtu)))
        }
        var names = [entry.uplink.port]
        if let vlan = entry.uplink.vlan {
            if let port = uplink.port, port.isOwnVLAN {
                changes.append(change(.delete(port.index)))
            }
            names = [vlan.nic]
        }
        for name in names {
            // First down: an interface that is up could be configured from the LAN in the meantime.
            let alterations = entry.alterations(of: name)
            changes += alterations.reversed().compactMap { alteration in
                guard uplink.value(of: alteration.attribute, name) == alteration.after else {
                    return nil
                }
                return change(
                    .set(
                        name, alteration.attribute, from: alteration.after, to: alteration.before))
            }
        }
        return changes
    }

    /// Attaches the uplink, or restores it. These changes follow those of the bridge and of its
    /// rules.
    func uplink(_ desired: DesiredNetwork, _ observed: ObservedNetwork) -> [Change] {
        guard let uplink = desired.uplink,
            let present = observed.uplinks.first(where: { $0.uplink == uplink }),
            present.objection == nil
        else { return [] }
        func change(_ step: UplinkChange.Step) -> Change {
            .uplink(UplinkChange(bridge: desired.bridge, uplink: uplink, step: step))
        }
        func set(
            _ name: BridgeName, _ attribute: Alteration.Attribute, to value: String
        ) -> [Change] {
            guard let now = present.value(of: attribute, name), now != value else { return [] }
            return [change(.set(name, attribute, from: now, to: value))]
        }
        func bringUp(_ name: BridgeName) -> [Change] {
            let settings = Uplink.settings(of: name).flatMap { set(name, .kernel($0), to: "0") }
            return settings + set(name, .link, to: "up")
        }
        var changes: [Change] = []
        if let vlan = uplink.vlan {
            // The administrator may use a NIC that is up.
            if present.nic?.isUp == false { changes += bringUp(vlan.nic) }
            if present.port == nil { changes.append(change(.create)) }
        }
        let settings = Uplink.settings(of: uplink.port)
        changes += settings.flatMap { set(uplink.port, .kernel($0), to: "0") }
        let port = present.port
        guard let port, port.master != nil, port.master == observed.interface?.index else {
            changes.append(change(.attach(mtu: desired.mtu)))
            return changes + (uplink.vlan == nil ? set(uplink.port, .link, to: "up") : [])
        }
        let faults = port.faultsOfUplink
        if !faults.isEmpty { changes.append(change(.restore(faults))) }
        return changes + set(uplink.port, .link, to: "up")
    }
}

extension Interface {
    /// What prevents frames of the LAN from reaching all containers.
    fileprivate var faultsOfUplink: [String] {
        (isIsolated ? ["isolated"] : []) + (learns ? [] : ["learns no addresses"])
    }
}
