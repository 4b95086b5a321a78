/// The name server of the same network on another host (LXC_DNS_PEERS).
package struct DNSPeer: Hashable, Codable, Sendable, ListEntry {
    /// The domain of the containers on that host.
    package var domain: String
    package var address: UnderlayAddress

    /// Names are compared without regard to case.
    package var claims: [String] { [domain.lowercased()] }
}

extension Validation {
    /// - Returns: `nil` if none is set.
    mutating func dnsPeers(of dns: DesiredNetwork.DNS, _ tunnel: Tunnel?) -> [DNSPeer]? {
        guard settings.given(.dnsPeers) != nil, let tunnel else { return nil }
        if dns.port == 0 {
            refuse(
                .dnsPeers,
                "LXC_DNS_PORT is 0, so there is no name server that could ask others: remove one "
                    + "of the two settings")
        }
        let facts = facts
        return entries(.dnsPeers) { text throws(InvalidEntry) in
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
                .map(String.init)
            guard parts.count == 2, HostName.isDomain(parts[0]) else {
                throw InvalidEntry("is not of the form DOMAIN=ADDRESS, such as h2.lxc=192.0.2.2")
            }
            guard parts[0].lowercased() != dns.domain?.lowercased() else {
                throw InvalidEntry(
                    "names the domain of this host itself: give each host its own LXC_DOMAIN")
            }
            return DNSPeer(
                domain: parts[0],
                address: try facts.otherHost(parts[1], reachedFrom: tunnel.local))
        }
    }
}

extension DesiredNetwork {
    /// The address on which the name server answers those of other hosts, and the addresses that
    /// may query it; `nil` if it answers none.
    func peerDNS(port: UInt16) -> (local: UnderlayAddress, clients: [UnderlayAddress])? {
        guard let tunnel, let peers = dns.peers, !peers.isEmpty, port != 0 else { return nil }
        var clients: [UnderlayAddress] = []
        for address in (tunnel.peers ?? []) + peers.map(\.address)
        where !clients.contains(address) {
            clients.append(address)
        }
        return (tunnel.local, clients)
    }
}

extension DesiredNetwork {
    /// For messages: the addresses on which the name server is to listen.
    var nameServerAddresses: String {
        let local = peerDNS(port: dns.port).map { [$0.local.description] } ?? []
        return ((ipv4.map { [$0.address.description] } ?? []) + local).joined(separator: " and ")
    }
}
