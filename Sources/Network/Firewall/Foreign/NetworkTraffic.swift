/// A kind of traffic that a container needs.
package enum NetworkTraffic: Hashable, Sendable {
    /// With other hosts, in both directions.
    case outward
    case dhcp, dns, arp
    /// Of this host, by the container.
    case ping
    /// Of other hosts, by the container.
    case remotePing
    /// The messages with which routers report a packet that is too large.
    case sizeMessages
    /// Connections to web servers.
    case web
    /// Connections to a forwarded port.
    case forwarded

    /// As in "drops its …".
    package var text: String {
        switch self {
        case .outward: "packets from and to other hosts"
        case .dhcp: "DHCP requests or replies"
        case .dns: "DNS queries or answers"
        case .arp: "ARP packets"
        case .ping: "pings of this host"
        case .remotePing: "pings of other hosts"
        case .sizeMessages:
            "ICMP messages about packets that are too large (path MTU discovery)"
        case .web: "connections to web servers"
        case .forwarded: "connections to forwarded ports"
        }
    }

    /// Whether nothing works without it. Firewalls may drop the rest on purpose.
    package var isVital: Bool {
        switch self {
        case .outward, .dhcp, .dns, .arp: true
        case .ping, .remotePing, .sizeMessages, .web, .forwarded: false
        }
    }
}
