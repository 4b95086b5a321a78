internal import Netlink

/// A change to the host, with the data needed to undo it.
package enum Change: Sendable {
    case createBridge(BridgeName, hardwareAddress: String, mtu: UInt32)
    case deleteBridge(BridgeName, hardwareAddress: String, mtu: UInt32)
    case setHardwareAddress(BridgeName, from: String, to: String)
    case setMTU(BridgeName, from: UInt32, to: UInt32)
    case setUp(BridgeName, Bool)
    /// Makes a bridge VLAN-aware or not.
    case setVLANFiltering(BridgeName, Bool)
    case addAddress(BridgeName, BridgeAddress)
    case removeAddress(BridgeName, BridgeAddress)
    case isolate(BridgeName, port: Record.Port, Bool)
    case nic(NICChange)
    case tunnel(TunnelChange)
    case uplink(UplinkChange)
    case routeNames(BridgeName, from: HostDNSRoute?, to: HostDNSRoute?)
    case setKernel(path: String, from: String?, to: String)
    /// Enables or disables forwarding (net.ipv4.ip_forward, or that of IPv6).
    case setForwarding(Forwarding, Bool)
    case firewall(FirewallChange)
    case addressFilter(AddressFilterChange)
    case writeReservations(BridgeName, from: String?, to: String?)
    case writeHostNames(BridgeName, from: String?, to: String?)
    /// For all networks together.
    case writeReservedAddresses(from: String?, to: String?)
    case startDnsmasq(BridgeName, [String])
    case stopDnsmasq(BridgeName, [String])
    case restartDnsmasq(BridgeName, from: [String], to: [String])
    /// Sends SIGHUP to dnsmasq.
    case rereadFiles(BridgeName)
    case applyFix(BridgeName, ForeignFirewall.Fix)
    case revertFix(BridgeName, ForeignFirewall.Fix)

    /// - Returns: `nil` if the interface of that name is not a bridge.
    static func deletion(of bridge: BridgeName, _ interface: Interface) -> Change? {
        guard interface.kind == .bridge else { return nil }
        return .deleteBridge(
            bridge, hardwareAddress: interface.address?.description ?? "",
            mtu: interface.mtu)
    }

    /// The change that undoes this one (rollback); `nil` if there is nothing to undo, or it cannot
    /// be undone.
    var inverse: Change? {
        switch self {
        case .createBridge(let bridge, let address, let mtu):
            .deleteBridge(bridge, hardwareAddress: address, mtu: mtu)
        case .deleteBridge(let bridge, let address, let mtu):
            .createBridge(bridge, hardwareAddress: address, mtu: mtu)
        case .setHardwareAddress(let bridge, let from, let to):
            .setHardwareAddress(bridge, from: to, to: from)
        case .setMTU(let bridge, let from, let to): .setMTU(bridge, from: to, to: from)
        case .setUp(let bridge, let up): .setUp(bridge, !up)
        case .setVLANFiltering(let bridge, let on): .setVLANFiltering(bridge, !on)
        case .addAddress(let bridge, let address): .removeAddress(bridge, address)
        case .removeAddress(let bridge, let address): .addAddress(bridge, address)
        case .isolate(let bridge, let port, let isolated): .isolate(bridge, port: port, !isolated)
        case .setKernel(let path, let from, let to):
            from.map { .setKernel(path: path, from: to, to: $0) }
        case .setForwarding(let forwarding, let enabled): .setForwarding(forwarding, !enabled)
        case .firewall(let change): .firewall(change.inverse)
        case .addressFilter(let change): change.inverse.map { .addressFilter($0) }
        case .writeReservations(let bridge, let from, let to):
            .writeReservations(bridge, from: to, to: from)
        case .writeHostNames(let bridge, let from, let to):
            .writeHostNames(bridge, from: to, to: from)
        case .writeReservedAddresses(let from, let to):
            .writeReservedAddresses(from: to, to: from)
        case .startDnsmasq(let bridge, let words): .stopDnsmasq(bridge, words)
        case .stopDnsmasq(let bridge, let words): .startDnsmasq(bridge, words)
        case .restartDnsmasq(let bridge, let from, let to):
            .restartDnsmasq(bridge, from: to, to: from)
        case .rereadFiles: self
        // These come from the grant of the NIC, regardless of the rest.
        case .nic: nil
        case .tunnel(let change): change.inverse.map { .tunnel($0) }
        case .uplink(let change): change.inverse.map { .uplink($0) }
        case .routeNames(let bridge, let from, let to): .routeNames(bridge, from: to, to: from)
        case .applyFix(let bridge, let fix): .revertFix(bridge, fix)
        case .revertFix(let bridge, let fix): .applyFix(bridge, fix)
        }
    }
}

extension Change {
    var isAboutIPv6: Bool {
        switch self {
        case .addAddress(_, let address), .removeAddress(_, let address): address.bytes.count == 16
        case .setKernel(let path, _, _): path.hasPrefix("/proc/sys/net/ipv6/")
        case .setForwarding(let forwarding, _): forwarding.path == Sysctls.forwarding6
        case .firewall(let change): change.steps.allSatisfy { $0.tool == .iptables(.ipv6) }
        default: false
        }
    }

    /// Whether the rest is kept if this change fails: a network is useful without IPv6, and without
    /// one of its containers.
    var isOptional: Bool {
        switch self {
        case .nic, .routeNames, .addressFilter: true
        default: isAboutIPv6
        }
    }

    /// Whether the network is complete without it: LXC's own helper records no grant in the group
    /// of a NIC.
    var isBookkeeping: Bool {
        if case .nic(let change) = self, case .recordGrant = change.step { true } else { false }
    }

    /// Whether `berth-net run` makes it without delay, even if another program undoes it each time.
    var isUrgent: Bool { if case .nic = self { true } else { false } }

    /// Whether it changes nothing but an MTU.
    var isSize: Bool { if case .setMTU = self { true } else { false } }

    /// Whether users other than root can see that the change has not been made.
    var isVisibleToUsers: Bool {
        switch self {
        case .createBridge, .deleteBridge, .setHardwareAddress, .setMTU, .setUp,
            .setVLANFiltering, .addAddress, .removeAddress, .isolate, .nic, .tunnel, .uplink,
            .setKernel, .setForwarding, .startDnsmasq:
            true
        case .firewall, .addressFilter, .routeNames, .writeReservations, .writeHostNames,
            .writeReservedAddresses, .stopDnsmasq, .restartDnsmasq, .rereadFiles, .applyFix,
            .revertFix:
            false
        }
    }

    /// Whether it changes this network, and not another one or the host.
    func concerns(_ bridge: BridgeName) -> Bool {
        switch self {
        case .createBridge(let other, _, _), .deleteBridge(let other, _, _),
            .setHardwareAddress(let other, _, _), .setMTU(let other, _, _), .setUp(let other, _),
            .setVLANFiltering(let other, _),
            .addAddress(let other, _), .removeAddress(let other, _), .isolate(let other, _, _),
            .writeReservations(let other, _, _), .writeHostNames(let other, _, _),
            .startDnsmasq(let other, _), .stopDnsmasq(let other, _),
            .restartDnsmasq(let other, _, _), .rereadFiles(let other), .applyFix(let other, _),
            .revertFix(let other, _), .routeNames(let other, _, _):
            other == bridge
        case .setKernel(let path, _, _): path.contains("/conf/\(bridge)/")
        case .setForwarding, .writeReservedAddresses, .addressFilter: false
        case .nic(let change): change.bridge == bridge
        case .tunnel(let change): change.bridge == bridge
        case .uplink(let change): change.bridge == bridge
        case .firewall(let change): change.bridge == bridge
        }
    }

    var isFirewall: Bool { if case .firewall = self { true } else { false } }

    func isFirewall(of bridge: BridgeName) -> Bool { isFirewall && concerns(bridge) }

    /// Whether it changes a VXLAN port, or the rules that guard it.
    var isOfTunnel: Bool {
        switch self {
        case .tunnel: true
        case .firewall(let change): change.guardedPort != nil
        default: false
        }
    }

    var startsDnsmasq: Bool { if case .startDnsmasq = self { true } else { false } }
}

extension Change: CustomStringConvertible {
    /// One line: `+` adds, `-` removes, `~` changes.
    package var description: String { "\(sign) \(sentence)" }

    /// The text by which ``ReconcileBackoff`` recognizes a repeated change. For a port, it includes
    /// the index: a new port may have the name of an earlier one, and its isolation must not be
    /// delayed as a repeated change.
    package var finding: String {
        switch self {
        case .isolate(_, let port, _): "\(description) (\(port.index))"
        case .nic(let change): "\(description) (\(change.port.index))"
        default: description
        }
    }

    package var sign: String {
        switch self {
        case .createBridge, .addAddress, .startDnsmasq, .applyFix: "+"
        case .deleteBridge, .removeAddress, .stopDnsmasq, .revertFix: "-"
        case .setUp(_, let up): up ? "+" : "-"
        case .firewall(let change): change.sign
        case .addressFilter(let change): change.sign
        case .nic(let change): change.sign
        case .tunnel(let change): change.sign
        case .uplink(let change): change.sign
        case .routeNames(_, let from, let to): from == nil ? "+" : to == nil ? "-" : "~"
        case .writeReservations(_, let from, let to), .writeHostNames(_, let from, let to),
            .writeReservedAddresses(let from, let to):
            from == nil ? "+" : to == nil ? "-" : "~"
        case .setHardwareAddress, .setMTU, .setVLANFiltering, .setKernel, .setForwarding,
            .restartDnsmasq, .rereadFiles, .isolate:
            "~"
        }
    }

    package var sentence: String {
        switch self {
        case .createBridge(let bridge, let address, let mtu):
            "\(bridge): bridge with address \(address) and MTU \(mtu)"
        case .deleteBridge(let bridge, _, _): "\(bridge): bridge"
        case .setHardwareAddress(let bridge, let from, let to):
            "\(bridge): hardware address \(from) becomes \(to)"
        case .setMTU(let bridge, let from, let to): "\(bridge): MTU \(from) becomes \(to)"
        case .setUp(let bridge, let up): "\(bridge): link is set \(up ? "up" : "down")"
        case .setVLANFiltering(let bridge, let on):
            "\(bridge): the bridge \(on ? "becomes VLAN-aware" : "is no longer VLAN-aware")"
        case .addAddress(let bridge, let address), .removeAddress(let bridge, let address):
            "\(bridge): address \(address)"
        case .isolate(let bridge, let port, let isolated):
            "\(bridge): port \(port.name) "
                + (isolated ? "is isolated from other containers" : "is no longer isolated")
        case .nic(let change): change.sentence
        case .tunnel(let change): change.sentence
        case .uplink(let change): change.sentence
        case .routeNames(let bridge, let from, let to):
            (to ?? from).map {
                "\(bridge): \($0.resolver.rawValue) asks \($0.serverText) for names in \($0.domain)"
            } ?? "\(bridge): names"
        case .setKernel(let path, let from, let to):
            "\(Sysctls.name(of: path)) "
                + (from.map { "\($0) becomes \(to)" } ?? "becomes \(to)")
        case .setForwarding(let forwarding, let enabled):
            "\(Sysctls.name(of: forwarding.path)) "
                + (enabled ? "0 becomes 1" : "becomes 0 again")
        case .firewall(let change): change.sentence
        case .addressFilter(let change): change.sentence
        case .writeReservations(let bridge, let from, let to):
            "\(bridge): reservations (\(Self.count(to ?? from)))"
        case .writeHostNames(let bridge, let from, let to):
            "\(bridge): hosts file with this host's names and those of /etc/hosts "
                + "(\(Self.count(to ?? from)))"
        case .writeReservedAddresses(let from, let to):
            "hardware addresses reserved for containers (\(Self.count(to ?? from)))"
        case .startDnsmasq(let bridge, _), .stopDnsmasq(let bridge, _): "\(bridge): dnsmasq"
        case .restartDnsmasq(let bridge, let from, let to):
            "\(bridge): dnsmasq restarts" + Self.difference(from, to)
        case .rereadFiles(let bridge): "\(bridge): dnsmasq rereads its files"
        case .applyFix(let bridge, let fix), .revertFix(let bridge, let fix):
            "\(bridge): \(fix.sentence)"
        }
    }

    private static func count(_ text: String?) -> Int {
        (text ?? "").utf8.count { $0 == 0x0a }
    }

    private static func difference(_ from: [String], _ to: [String]) -> String {
        let words =
            from.filter { !to.contains($0) }.map { "without \($0)" }
            + to.filter { !from.contains($0) }.map { "with \($0)" }
        return words.isEmpty ? "" : ", " + words.joined(separator: ", ")
    }
}

/// A replacement of a network's firewall rules, with the rules that it replaces.
package struct FirewallChange: Sendable {
    package enum Tool: Equatable, Sendable {
        case nft
        case iptables(IptablesDialect.Family)
    }

    /// A script that is applied completely or not at all: for one table with iptables-restore, for
    /// all changes with nft.
    package struct Step: Sendable {
        package let tool: Tool
        package let apply: String
        package let undo: String
    }

    package let bridge: BridgeName
    package let sign: String
    package let sentence: String
    package let steps: [Step]
    /// The VXLAN port that must not be up without these rules.
    var guardedPort: String?

    var inverse: FirewallChange {
        FirewallChange(
            bridge: bridge, sign: sign == "+" ? "-" : sign == "-" ? "+" : "~", sentence: sentence,
            steps: steps.reversed().map { Step(tool: $0.tool, apply: $0.undo, undo: $0.apply) })
    }
}
