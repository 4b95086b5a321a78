package import Netlink

/// The observed state of a network, before any change.
package struct ObservedNetwork: Sendable {
    package var interface: Interface?
    /// Without ``tunnels``.
    package var ports: [Interface] = []
    /// The VXLAN ports that berth-net created for this network, or that have its number.
    package var tunnels: [ObservedTunnel] = []
    /// The table of ``TunnelGuard`` as nft(8) lists it, without counters.
    package var tunnelGuard: String?
    /// The uplinks that the settings or the record name.
    package var uplinks: [ObservedUplink] = []
    /// The NICs of containers that the ledger assigns to the bridge, attached to it or not.
    package var nics: [ContainerNIC] = []
    /// The addresses of the bridge, except link-local ones.
    package var addresses: [BridgeAddress] = []
    package var dnsmasq: ObservedDnsmasq?
    /// The contents of dnsmasq's reservations file.
    package var reservations: String?
    /// The contents of the file with the host's names for dnsmasq.
    package var hostNames: String?
    /// Kernel settings by path under /proc/sys, if the file exists.
    package var kernel: [String: String] = [:]
    /// The values that the settings in ``kernel`` have on a new interface.
    package var initialKernel: [String: String] = [:]
    /// berth-net's table as nft(8) lists it, without counters.
    package var nftTable: String?
    package var iptables: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
    /// The rules that lxc-net left for this bridge.
    package var lxcNetTables: [NftTable: String] = [:]
    package var lxcNetLines: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
    package var isLXCNetBridge = false
    /// Whether the dnsmasq is one that LXC's script started after berth-net had set up the network.
    package var isServedByLXCNet = false
    /// Whether berth-net created the bridge, and kept it after `stop` because containers used it.
    package var isLeftBridge = false
    /// The program that holds the name server's port, if it is not the network's dnsmasq.
    package var nameServerPortHolder: String?
    /// What the resolver of the host has for the bridge.
    package var hostDNS = HostDNSRoute.Observed()
    /// The digest of the administrator's configuration file for dnsmasq.
    package var configurationDigest: String?
    /// Whether that file contains `bind-interfaces`.
    package var bindsInterfaces = false
    /// Whether that file contains `no-hosts`.
    package var omitsHostNames = false

    package init() {}

    /// Where the bridge comes from, or will come from.
    package func origin(_ record: Record.Entry?) -> Origin {
        if interface == nil { return .made }
        return record?.bridge ?? (isLXCNetBridge ? .takenOver : isLeftBridge ? .made : .found)
    }

    /// The value that a kernel setting gets when the kernel enables IPv6 on the bridge.
    func initialValue(of attribute: Alteration.Attribute) -> String? {
        guard case .kernel(let path) = attribute else { return nil }
        return initialKernel[path]
    }

    /// The present value of an attribute; `nil` if the bridge does not have it.
    func value(of attribute: Alteration.Attribute) -> String? {
        switch attribute {
        case .hardwareAddress: interface?.address?.description
        case .mtu: interface.map { "\($0.mtu)" }
        case .link: interface.map { $0.isUp ? "up" : "down" }
        // The value of a new bridge, too.
        case .vlanFiltering: interface?.isVLANAware == true ? "1" : "0"
        case .kernel(let path): kernel[path]
        }
    }
}

/// An address of a bridge with its prefix length.
package struct BridgeAddress: Hashable, Sendable, StringCodable {
    /// 4 bytes or 16.
    package let bytes: [UInt8]
    package let length: Int

    package init(_ subnet: DesiredNetwork.Subnet<IPv4Address>) {
        bytes = subnet.address.bytes
        length = subnet.network.length
    }

    package init(_ subnet: DesiredNetwork.Subnet<IPv6Address>) {
        bytes = subnet.address.bytes
        length = subnet.network.length
    }

    package init(_ address: InterfaceAddress) {
        bytes = address.bytes
        length = Int(address.prefixLength)
    }

    /// Parses `ADDRESS/LENGTH`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2,
            let bytes = IPv4Address(parts[0])?.bytes ?? IPv6Address(parts[0])?.bytes,
            let length = Int(decimal: parts[1], in: 0...bytes.count * 8)
        else { return nil }
        self.bytes = bytes
        self.length = length
    }

    package var description: String { "\(address)/\(length)" }

    /// The address without the prefix length.
    package var address: String {
        IPv4Address(bytes: bytes)?.description ?? IPv6Address(bytes: bytes)?.description ?? "?"
    }
}

extension DesiredNetwork {
    package var addresses: [BridgeAddress] {
        (ipv4.map { [BridgeAddress($0)] } ?? []) + (ipv6.map { [BridgeAddress($0)] } ?? [])
    }
}

/// What the host's tools and kernel support: the plan depends on it.
package struct HostCapabilities: Sendable {
    /// Whether nft(8) is installed and the kernel supports nftables.
    package var hasNft = true
    package var iptables: Set<IptablesDialect.Family> = []
    package var ruleTools = RuleTools()
    package var hasDnsmasq = true
    package var dnsmasqAccount = "nobody"
    package var dnsmasqFeatures = DnsmasqFeatures()
    package var nameServers: [IPv4Address] = []
    package var hostNames = HostNames()
    package var hostResolver = HostResolver()
    package var hasIPv6 = true

    package init() {}
}
