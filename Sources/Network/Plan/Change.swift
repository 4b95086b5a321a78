package import Netlink

/// One thing to be done, with what it takes to undo it.
package enum Change: Sendable {
    case createBridge(BridgeName, hardwareAddress: String, mtu: UInt32)
    case deleteBridge(BridgeName, hardwareAddress: String, mtu: UInt32)
    case setHardwareAddress(BridgeName, from: String, to: String)
    case setMTU(BridgeName, from: UInt32, to: UInt32)
    case setUp(BridgeName, Bool)
    case addAddress(BridgeName, BridgeAddress)
    case removeAddress(BridgeName, BridgeAddress)
    case isolate(BridgeName, port: InterfaceName, Bool)
    case setKernel(path: String, from: String?, to: String)
    case firewall(FirewallChange)
    case writeReservations(BridgeName, from: String?, to: String?)
    case startDnsmasq(BridgeName, [String])
    case stopDnsmasq(BridgeName, [String])
    case restartDnsmasq(BridgeName, from: [String], to: [String])
    case rereadReservations(BridgeName)
    case mendForeign(BridgeName, ForeignFirewall.Fix)
    case unmendForeign(BridgeName, ForeignFirewall.Fix)

    /// - Returns: `nil` for what has only the bridge's name.
    static func deletion(of bridge: BridgeName, _ interface: Interface) -> Change? {
        guard interface.kind == .bridge else { return nil }
        return .deleteBridge(
            bridge, hardwareAddress: HardwareAddressText.text(interface.address?.bytes ?? []),
            mtu: interface.mtu)
    }

    /// What undoes it; `nil` where nothing need or can be undone.
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
        case .addAddress(let bridge, let address): .removeAddress(bridge, address)
        case .removeAddress(let bridge, let address): .addAddress(bridge, address)
        case .isolate(let bridge, let port, let isolated): .isolate(bridge, port: port, !isolated)
        case .setKernel(let path, let from, let to):
            from.map { .setKernel(path: path, from: to, to: $0) }
        case .firewall(let change): .firewall(change.inverse)
        case .writeReservations(let bridge, let from, let to):
            .writeReservations(bridge, from: to, to: from)
        case .startDnsmasq(let bridge, let words): .stopDnsmasq(bridge, words)
        case .stopDnsmasq(let bridge, let words): .startDnsmasq(bridge, words)
        case .restartDnsmasq(let bridge, let from, let to):
            .restartDnsmasq(bridge, from: to, to: from)
        case .rereadReservations: self
        case .mendForeign(let bridge, let mend): .unmendForeign(bridge, mend)
        case .unmendForeign(let bridge, let mend): .mendForeign(bridge, mend)
        }
    }
}

extension Change {
    /// Whether IPv4 is the same with it and without it.
    var isAboutIPv6: Bool {
        switch self {
        case .addAddress(_, let address), .removeAddress(_, let address): address.bytes.count == 16
        case .setKernel(let path, _, _): path.hasPrefix("/proc/sys/net/ipv6/")
        case .firewall(let change): change.steps.allSatisfy { $0.tool == .iptables(.ipv6) }
        default: false
        }
    }
}

extension Change {
    /// Whether anybody can see that it is missing, who is not shown rules and files of root's.
    var isPlainToSee: Bool {
        switch self {
        case .createBridge, .deleteBridge, .setHardwareAddress, .setMTU, .setUp, .addAddress,
            .removeAddress, .isolate, .setKernel, .startDnsmasq:
            true
        case .firewall, .writeReservations, .stopDnsmasq, .restartDnsmasq, .rereadReservations,
            .mendForeign, .unmendForeign:
            false
        }
    }

    func isFirewall(of bridge: BridgeName) -> Bool {
        if case .firewall(let change) = self { change.bridge == bridge } else { false }
    }
}

extension Change: CustomStringConvertible {
    /// As a person reads it: `+` comes, `-` goes, `~` becomes another.
    package var description: String { "\(sign) \(sentence)" }

    package var sign: String {
        switch self {
        case .createBridge, .addAddress, .startDnsmasq, .mendForeign: "+"
        case .deleteBridge, .removeAddress, .stopDnsmasq, .unmendForeign: "-"
        case .setUp(_, let up): up ? "+" : "-"
        case .firewall(let change): change.sign
        case .writeReservations(_, let from, let to): from == nil ? "+" : to == nil ? "-" : "~"
        case .setHardwareAddress, .setMTU, .setKernel, .restartDnsmasq, .rereadReservations,
            .isolate:
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
        case .setUp(let bridge, let up): "\(bridge): is \(up ? "brought up" : "taken down")"
        case .addAddress(let bridge, let address), .removeAddress(let bridge, let address):
            "\(bridge): address \(address)"
        case .isolate(let bridge, let port, let isolated):
            "\(bridge): port \(port) is \(isolated ? "kept from" : "let to") the other containers"
        case .setKernel(let path, let from, let to):
            "\(path.dropFirst("/proc/sys/".count)) "
                + (from.map { "\($0) becomes \(to)" } ?? "becomes \(to)")
        case .firewall(let change): change.sentence
        case .writeReservations(let bridge, let from, let to):
            "\(bridge): reservations, \(Self.count(to ?? from)) of them"
        case .startDnsmasq(let bridge, _), .stopDnsmasq(let bridge, _): "\(bridge): dnsmasq"
        case .restartDnsmasq(let bridge, let from, let to):
            "\(bridge): dnsmasq starts anew" + Self.difference(from, to)
        case .rereadReservations(let bridge): "\(bridge): dnsmasq reads its reservations again"
        case .mendForeign(let bridge, let mend), .unmendForeign(let bridge, let mend):
            "\(bridge): \(mend.sentence)"
        }
    }

    private static func count(_ text: String?) -> Int {
        (text ?? "").utf8.count { $0 == 0x0a }
    }

    private static func difference(_ from: [String], _ to: [String]) -> String {
        let gone = from.filter { !to.contains($0) }.map { "without \($0)" }
        let come = to.filter { !from.contains($0) }.map { "with \($0)" }
        let words = gone + come
        return words.isEmpty ? "" : ", " + words.joined(separator: ", ")
    }
}

/// A replacement of a network's rules, forwards and backwards.
package struct FirewallChange: Sendable {
    package enum Tool: Equatable, Sendable {
        case nft
        case iptables(IptablesDialect.Family)
    }

    /// What a tool does as a whole or not at all: iptables-restore a table, nft all of it.
    package struct Step: Sendable {
        package let tool: Tool
        package let apply: String
        package let undo: String
    }

    package let bridge: BridgeName
    package let sign: String
    package let sentence: String
    package let steps: [Step]

    var inverse: FirewallChange {
        FirewallChange(
            bridge: bridge, sign: sign == "+" ? "-" : sign == "-" ? "+" : "~", sentence: sentence,
            steps: steps.reversed().map { Step(tool: $0.tool, apply: $0.undo, undo: $0.apply) })
    }
}
