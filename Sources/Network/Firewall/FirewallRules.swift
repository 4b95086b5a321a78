/// What a network needs of the host's firewall, said once. The two dialects render it, and what
/// removes it is derived from what was rendered or found: the way up and the way down cannot part.
package struct FirewallRules: Sendable {
    package let bridge: BridgeName
    package let rules: [Rule]

    package enum Rule: Hashable, Sendable {
        /// Containers may ask this host for that.
        case serve(Forward.Transport, port: UInt16)
        /// Containers may look for their router and ask it for addresses.
        case serveIPv6Discovery
        /// Containers may not reach each other over the host.
        case keepApart
        /// What comes from the bridge goes on.
        case passOutwards
        /// What is for the bridge goes on.
        case passInwards
        /// What leaves that range leaves it under the host's own address.
        case translate(Range)
        /// DHCP's answers leave without their UDP checksum, which old clients find wrong: over a
        /// virtual cable it is never filled in.
        case clearDHCPChecksum
        /// What arrives at that port of the host goes to the container, under its sender's address.
        case forward(Forward)
        /// What the network itself sends there comes back to it over the host.
        case returnOverHost(Forward, Range)
    }

    package enum Range: Hashable, Sendable {
        case ipv4(Prefix<IPv4Address>)
        case ipv6(Prefix<IPv6Address>)
    }

    /// - Parameter servesDNS: whether the network's own name server runs.
    package init(_ network: DesiredNetwork, dnsPort: UInt16) {
        bridge = network.bridge
        var rules: [Rule] = [.serve(.udp, port: 67), .serve(.tcp, port: 67)]
        if dnsPort != 0 {
            rules += [.serve(.udp, port: dnsPort), .serve(.tcp, port: dnsPort)]
        }
        if network.ipv6 != nil { rules.append(.serveIPv6Discovery) }
        if network.isolates { rules.append(.keepApart) }
        rules += [.passOutwards, .passInwards]
        if network.ipv4.translates { rules.append(.translate(.ipv4(network.ipv4.network))) }
        if let ipv6 = network.ipv6, ipv6.translates {
            rules.append(.translate(.ipv6(ipv6.network)))
        }
        rules.append(.clearDHCPChecksum)
        for forward in network.forwards {
            rules.append(.forward(forward))
            switch forward.target {
            case .ipv4: rules.append(.returnOverHost(forward, .ipv4(network.ipv4.network)))
            case .ipv6:
                guard let ipv6 = network.ipv6 else { continue }
                rules.append(.returnOverHost(forward, .ipv6(ipv6.network)))
            }
        }
        self.rules = rules
    }
}
