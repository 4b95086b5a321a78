package import Netlink

/// What there is of a network, before anything is done about it.
package struct ObservedNetwork: Sendable {
    package var interface: Interface?
    package var ports: [Interface] = []
    /// Of the bridge, without those that the kernel gave it.
    package var addresses: [BridgeAddress] = []
    package var dnsmasq: ObservedDnsmasq?
    /// The file of reservations.
    package var reservations: String?
    /// Of the files under /proc/sys that matter, by path; an absent one has no value.
    package var kernel: [String: String] = [:]
    /// The table as nft lists it, without counters.
    package var nftTable: String?
    package var iptables: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
    /// What lxc-net left for this bridge.
    package var stockTables: [NftTable: String] = [:]
    package var stockLines: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
    /// Whether the bridge itself is lxc-net's.
    package var isStockBridge = false
    /// Who holds the port of the network's name server, if not the network's own dnsmasq.
    package var nameServerPortHolder: String?
    /// What dnsmasq reads besides: the administrator's own file, as a digest.
    package var configurationDigest: String?

    package init() {}
}

/// An address of a bridge with its range.
package struct BridgeAddress: Hashable, Sendable, CustomStringConvertible {
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

    package var description: String { "\(address)/\(length)" }

    /// Without its range.
    package var address: String {
        IPv4Address(bytes: bytes)?.description ?? IPv6Address(bytes: bytes)?.description ?? "?"
    }
}

extension DesiredNetwork {
    var addresses: [BridgeAddress] {
        [BridgeAddress(ipv4)] + (ipv6.map { [BridgeAddress($0)] } ?? [])
    }
}

/// What the plan depends on besides the networks themselves.
package struct HostCapabilities: Sendable {
    /// nft(8) where it is installed and the kernel knows nftables.
    package var hasNft = true
    package var iptables: Set<IptablesDialect.Family> = []
    package var hasDnsmasq = true
    package var dnsmasqAccount = "nobody"
    package var nameServers: [IPv4Address] = []
    package var hasIPv6 = true
    /// Interfaces that learn their default route from a router, and would stop to.
    package var advertisedUplinks: [String] = []
    /// Whether lxc-net says that it is up, and nothing of ours does; or we have begun to replace it.
    package var isStockUp = false

    package init() {}
}
