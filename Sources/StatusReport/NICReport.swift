internal import Identity
internal import JSONOutput
internal import Linux
internal import Netlink
internal import Network
internal import Usernet

/// A container's network interface. Traffic is counted from the container's side.
struct NICReport: Encodable, Equatable, Sendable {
    /// The host's end.
    var hostName: String
    /// `nil` if it is not attached to a bridge.
    @OrNull var bridge: String?
    /// The user or `@group` whose quota it counts towards. `nil` if root created it, which counts
    /// towards no quota, or if only root can see it.
    @OrNull var owner: String?
    /// The user who runs the container.
    @OrNull var user: String?
    @OrNull var container: UntrustedText?
    /// The label that berth-nic gave it, such as `alice/web`: see ``ContainerLabel``.
    @OrNull var identity: String?
    /// The first process in the container.
    @OrNull var processID: Int32?
    @OrNull var command: UntrustedText?
    /// The container's end.
    @OrNull var name: UntrustedText?
    @OrNull var hardwareAddress: String?
    var addresses: [String]
    var isUp: Bool
    @OrNull var receivedBytes: UInt64?
    @OrNull var sentBytes: UInt64?
    @OrNull var receivedPackets: UInt64?
    @OrNull var sentPackets: UInt64?
    /// `nil` if it is not on the integration bridge of OVN, or if only root can see it.
    @OrNull var logicalPort: LogicalPortReport?
}

/// The logical port of a NIC in OVN.
struct LogicalPortReport: Encodable, Equatable, Sendable {
    /// `nil` for a NIC of an earlier version of berth-nic, which gave it none.
    @OrNull var name: String?
    /// Whether OVN has bound it: otherwise, the NIC passes no packets.
    var isBound: Bool
}

extension HostStatus {
    mutating func observeNICs(
        on host: KernelNetwork, _ usernet: UsernetReport, _ ovn: OVNBridge?,
        _ kernel: borrowing RouteSocket, for caller: Credentials
    ) {
        let isRoot = caller.user == .root
        let managed = (networks ?? []).map(\.bridge)
        let containers = ContainerNamespaces.find(kernel)
        var others = 0
        for veth in host.veths {
            let namespace = veth.peerNamespace.flatMap { number in
                containers.first { $0.namespace == number }
            }
            // A port of Open vSwitch has no master, or one that all bridges share.
            let port =
                usernet.bridge(of: veth.rawName) == ovn?.name ? ovn?.ports[veth.description] : nil
            let bridge =
                port.flatMap { _ in ovn?.name } ?? host.interface(at: veth.master)?.description
            let isManaged = bridge.map { managed.contains($0) } ?? false
            let owner = usernet.owner(of: veth.rawName)
            // Other programs attach NICs to their own networks.
            let isReported = isManaged || owner != nil || namespace?.container != nil
            guard isRoot ? isReported : namespace?.user == caller.user else {
                others += isManaged ? 1 : 0
                continue
            }
            var nic = NICReport(veth, on: bridge, of: owner, namespace, kernel)
            nic.logicalPort = port.map { LogicalPortReport($0) }
            nics?.append(nic)
        }
        nics?.sort { $0.sortKey < $1.sortKey }
        if others > 0 {
            note(.nics, "\(counted(others, "NIC")) of other users, not visible to you")
        }
    }
}

extension NICReport {
    /// NICs without a bridge, a user or a container are last.
    fileprivate var sortKey: (String, String, UntrustedText, UntrustedText, String) {
        (bridge ?? "~", user ?? "~", container ?? "~", name ?? "", hostName)
    }

    fileprivate init(
        _ veth: Interface, on bridge: String?, of owner: String?, _ namespace: ContainerNamespace?,
        _ kernel: borrowing RouteSocket
    ) {
        var end: Interface?
        var addresses: [InterfaceAddress] = []
        if let namespace, let peer = veth.peer {
            end = (try? kernel.interface(at: peer, in: namespace.namespace)) ?? nil
            if end?.kind != .veth { end = nil }
            addresses = ((try? kernel.addresses(in: namespace.namespace)) ?? [])
                .filter { $0.interface == peer && !$0.isLinkLocal }
        }
        self.init(
            hostName: veth.description, bridge: bridge, owner: owner,
            user: namespace.map { HostStatus.name(of: $0.user) },
            container: namespace?.container.map { UntrustedText($0) },
            identity: veth.alias.flatMap { ContainerLabel(alias: $0)?.description },
            processID: namespace?.process.number,
            command: namespace?.process.name.map { UntrustedText($0) },
            name: end.map { UntrustedText($0.rawName) },
            hardwareAddress: end?.address?.description,
            addresses: addresses.map { BridgeAddress($0).address },
            isUp: veth.isUp && (end?.isUp ?? true),
            // What the host's end sends, the container's end receives.
            receivedBytes: veth.traffic?.sentBytes, sentBytes: veth.traffic?.receivedBytes,
            receivedPackets: veth.traffic?.sentPackets,
            sentPackets: veth.traffic?.receivedPackets)
    }

    /// The first IPv4 address, which fits in a line.
    var shortAddress: String? { addresses.first { !$0.contains(":") } }

    /// "alice/web", or what is known of it.
    var label: String {
        if let identity { return identity.count > 60 ? "\(identity.prefix(57))..." : identity }
        let whose = user ?? owner ?? "?"
        if let container { return "\(whose)/\(container.escaped(upTo: 40))" }
        return processID.map { "\(whose), process \($0)" } ?? whose
    }
}

extension LogicalPortReport {
    fileprivate init(_ port: OVNBridge.Port) {
        self.init(name: port.logicalPort, isBound: port.isBound)
    }
}
