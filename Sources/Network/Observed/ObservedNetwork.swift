package import Netlink

/// The observed state of a network, before any change.
package struct ObservedNetwork: Sendable {
    package var interface: Interface?
    package var ports: [Interface] = []
    /// The addresses of the bridge, except link-local ones.
    package var addresses: [BridgeAddress] = []
    package var dnsmasq: ObservedDnsmasq?
    /// The contents of dnsmasq's reservations file.
    package var reservations: String?
    /// The contents of the file with the host's names for dnsmasq.
    package var hostNames: String?
    /// Kernel settings by path under /proc/sys, if the file exists.
    package var kernel: [String: String] = [:]
    /// berth-net's table as nft(8) lists it, without counters.
    package var nftTable: String?
    package var iptables: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
    /// The rules that lxc-net left for this bridge.
    package var lxcNetTables: [NftTable: String] = [:]
    package var lxcNetLines: [IptablesDialect.Family: [IptablesDialect.Line]] = [:]
    package var isLXCNetBridge = false
    /// The program that holds the name server's port, if it is not the network's dnsmasq.
    package var nameServerPortHolder: String?
    /// The digest of the administrator's configuration file for dnsmasq.
    package var configurationDigest: String?
    /// Whether that file says `bind-interfaces`.
    package var bindsInterfaces = false
    /// Whether that file says `no-hosts`.
    package var omitsHostNames = false

    package init() {}
}

/// An address of a bridge with its prefix length.
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

    /// The address without the prefix length.
    package var address: String {
        IPv4Address(bytes: bytes)?.description ?? IPv6Address(bytes: bytes)?.description ?? "?"
    }
}

extension DesiredNetwork {
    var addresses: [BridgeAddress] {
        [BridgeAddress(ipv4)] + (ipv6.map { [BridgeAddress($0)] } ?? [])
    }
}

/// What the host's tools and kernel support: the plan depends on it.
package struct HostCapabilities: Sendable {
    /// Whether nft(8) is installed and the kernel supports nftables.
    package var hasNft = true
    package var iptables: Set<IptablesDialect.Family> = []
    package var hasDnsmasq = true
    package var dnsmasqAccount = "nobody"
    package var nameServers: [IPv4Address] = []
    package var hostNames = HostNames()
    package var hasIPv6 = true
    /// Interfaces that would lose their advertised default route once the host forwards IPv6.
    package var advertisedUplinks: [String] = []

    package init() {}
}
