/// The desired state of a network, in which each default and automatic value is resolved.
///
/// The record stores it for each network that berth-net set up. berth-net later compares it with
/// the settings, and uses it to remove a network that the settings no longer name.
package struct DesiredNetwork: Hashable, Codable, Sendable {
    package let bridge: BridgeName
    /// `nil` keeps the address of an existing bridge, and gives a new one the default.
    package var hardwareAddress: String?
    package var mtu: UInt32
    /// `nil` if this host has no IPv4 address on the bridge, because ``uplink`` leads to a LAN with
    /// a router of its own.
    package var ipv4: Subnet<IPv4Address>?
    /// `nil` if containers get no IPv6.
    package var ipv6: Subnet<IPv6Address>?
    package var dhcp: DHCP
    package var dns: DNS
    package var advertisesRouter: Bool
    /// Whether containers cannot reach each other.
    package var isolates: Bool
    package var forwards: [Forward]
    package var firewall: FirewallChoice
    /// `nil` if everything is translated, and every interface may route packets to containers.
    package var routing: Routing?
    /// The port that joins the network with those of other hosts; `nil` for a network of this host
    /// only.
    package var tunnel: Tunnel?
    /// The port through which the network is part of a LAN; `nil` without one.
    package var uplink: Uplink?
    /// Whether packets from the bridge are dropped if the route to their source is not through it.
    @AbsentMeansFalse package var filtersSources: Bool
    /// Whether the bridge forwards frames by VLAN.
    @AbsentMeansFalse package var isVLANAware: Bool
    /// Whether ``AddressFilter`` filters on the bridge.
    @AbsentMeansFalse package var filtersAddresses: Bool

    /// The bridge's address, its network, and whether NAT translates the containers' addresses.
    package struct Subnet<Address: IPAddress>: Hashable, Codable, Sendable {
        package var address: Address
        package var network: Prefix<Address>
        package var translates: Bool
    }

    /// Without IPv4, it is disabled, and the range has no meaning.
    package struct DHCP: Hashable, Codable, Sendable {
        package var first: IPv4Address
        package var last: IPv4Address
        /// The rest of dnsmasq's `--dhcp-range`: a netmask and a lease time, if set.
        package var details: [String]
        package var maximum: Int
        /// Whether dnsmasq pings an address before it leases it.
        package var pings: Bool
        /// The administrator's configuration file for dnsmasq.
        package var configurationFile: String?
        package var reservations: [Reservation]
        @AbsentMeansFalse package var isDisabled: Bool

        static let none: DHCP = {
            let address = IPv4Address(number: 0)
            return DHCP(
                first: address, last: address, details: [], maximum: 1, pings: false,
                configurationFile: nil, reservations: [], isDisabled: true)
        }()
    }

    package struct DNS: Hashable, Codable, Sendable {
        /// 0 for no DNS.
        package var port: UInt16
        package var domain: String?
        /// Whether the names of users' containers come from berth-net, and not from what the
        /// containers send.
        @AbsentMeansFalse package var managesNames: Bool
        /// Whether this host is to resolve names in the domain, if its resolver can route queries.
        @AbsentMeansFalse package var isRoutedByHost: Bool
        /// The name servers of the same network on other hosts (LXC_DNS_PEERS).
        package var peers: [DNSPeer]?
    }

    package struct FirewallChoice: Hashable, Codable, Sendable {
        package var prefersNft: Bool
        /// Whether other programs' firewalls are changed to accept the network's packets.
        package var fixesForeign: Bool
    }

    /// Whether this host takes no part in the network: it only connects containers to the LAN.
    package var isClosed: Bool { ipv4 == nil && ipv6 == nil }

    /// Whether this host takes no part in the network by one IP version, because it has no address
    /// of this version in the LAN.
    package func isClosed(isIPv6: Bool) -> Bool {
        uplink != nil && (isIPv6 ? ipv6 == nil : ipv4 == nil)
    }

    /// Whether berth-net publishes the names of users' containers.
    /// - Parameter dnsPort: the port on which dnsmasq can serve DNS.
    func managesNames(dnsPort: UInt16) -> Bool {
        dns.managesNames && !dhcp.isDisabled && dnsPort != 0
    }

    /// The default address of a new bridge.
    package static let standardHardwareAddress = Setting.bridgeMAC.defaultValue
}
