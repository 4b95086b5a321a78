internal import Linux
package import Netlink

/// An uplink of a network as it is on the host.
package struct ObservedUplink: Sendable {
    package let uplink: Uplink
    /// `nil` if it does not exist.
    package var port: Interface?
    /// The NIC below ``port``, if that is for a VLAN.
    package var nic: Interface?
    /// Kernel settings of both by path under /proc/sys, if the file exists.
    package var kernel: [String: String] = [:]
    /// Why it cannot become a port of the bridge; `nil` if it can, or is one.
    package var objection: String?

    package init(_ uplink: Uplink) { self.uplink = uplink }

    func interface(_ name: BridgeName) -> Interface? {
        name == uplink.port ? port : name == uplink.vlan?.nic ? nic : nil
    }

    /// The present value of an attribute of one of the two; `nil` if it does not exist.
    func value(of attribute: Alteration.Attribute, _ name: BridgeName) -> String? {
        switch attribute {
        case .link: interface(name).map { $0.isUp ? "up" : "down" }
        case .kernel(let path): kernel[path]
        default: nil
        }
    }
}

extension HostFacts {
    /// The uplinks that the settings or the record name.
    func observedUplinks(
        _ desired: DesiredNetwork, _ record: Record.Entry?
    ) -> [ObservedUplink] {
        var uplinks = (record?.uplinks ?? []).map(\.uplink)
        if let uplink = desired.uplink, !uplinks.contains(uplink) { uplinks.append(uplink) }
        return uplinks.map { observe($0, of: desired.bridge) }
    }

    private func observe(_ uplink: Uplink, of bridge: BridgeName) -> ObservedUplink {
        var observed = ObservedUplink(uplink)
        observed.port = interface(of: uplink)
        observed.nic = uplink.vlan.flatMap { interface(named: $0.nic) }
        for name in [uplink.port, uplink.nic] {
            for path in Uplink.settings(of: name) { observed.kernel[path] = kernelSetting(path) }
        }
        observed.objection = objection(to: uplink, of: bridge)
        return observed
    }
}

extension Record {
    /// What berth-net did to an interface for an uplink.
    package struct AlteredLink: Codable, Hashable, Sendable {
        package var port: Port
        package var alterations: [Alteration] = []
    }

    /// The uplink of a network.
    package struct UplinkEntry: Codable, Hashable, Sendable {
        package var uplink: Uplink
        /// Whether berth-net attached the port, or was about to.
        package var isAttached: Bool
        /// The port, and the NIC below it.
        package var links: [AlteredLink] = []
    }
}

extension Record.UplinkEntry {
    /// The entry without what has disappeared: an interface that was created again under the same
    /// name has none of these alterations.
    func matching(_ facts: HostFacts) -> Record.UplinkEntry {
        var entry = self
        entry.links = links.filter { link in
            facts.interfaces.contains { Record.Port($0) == link.port }
        }
        return entry
    }

    /// The alterations of an interface.
    func alterations(of name: BridgeName) -> [Alteration] {
        links.first { $0.port.name == name.description }?.alterations ?? []
    }
}
