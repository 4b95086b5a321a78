internal import Identity
internal import Netlink

/// The configuration of a network's dnsmasq, built from validated values only.
package struct DnsmasqConfiguration: Sendable {
    package let network: DesiredNetwork
    /// 0 if DNS is off, or another program holds the port.
    package let dnsPort: UInt16
    /// The account that dnsmasq runs as.
    package let user: String
    /// The name servers that DHCP gives to containers if dnsmasq does not serve DNS on port 53.
    package let nameServers: [IPv4Address]
    /// Whether the administrator's file contains `bind-interfaces`.
    package var bindsInterfaces = false
    /// Whether the names of /etc/hosts are served.
    package var servesHostNames = true
    /// Whether clients are known by their hardware address alone: see ``DnsmasqFeatures``.
    package var ignoresClientIDs = true

    package init(
        network: DesiredNetwork, dnsPort: UInt16, user: String, nameServers: [IPv4Address]
    ) {
        self.network = network
        self.dnsPort = dnsPort
        self.user = user
        self.nameServers = nameServers
    }

    /// Containers configure addresses only in a /64, and dnsmasq advertises no other prefix.
    private var advertised: DesiredNetwork.Subnet<IPv6Address>? {
        network.ipv6.flatMap { $0.network.length == 64 && network.advertisesRouter ? $0 : nil }
    }

    /// Whether dnsmasq has anything to do.
    package var servesAnything: Bool {
        dnsPort != 0 || !network.dhcp.isDisabled || advertised != nil
    }

    package var arguments: [String] {
        let bridge = network.bridge
        var words = [
            // Without this, dnsmasq would read the configuration of the system's dnsmasq.
            "--conf-file=\(network.dhcp.configurationFile ?? "/dev/null")"
        ]
        // Names in the domain are never forwarded: dnsmasq answers NXDOMAIN for unknown ones.
        if let domain = network.dns.domain { words += ["-s", domain, "-S", "/\(domain)/"] }
        if !network.dhcp.isDisabled, !network.dhcp.pings { words.append("--no-ping") }
        words += ["-u", user, "--strict-order"]
        // Not --bind-interfaces, with which dnsmasq also answers requests that reach the address
        // through another interface, and stops serving an address that is removed and added again.
        if !bindsInterfaces { words.append("--bind-dynamic") }
        words += [
            "--pid-file=\(DnsmasqPaths.processFile(of: bridge))",
            "--except-interface=lo", "--interface=\(bridge)",
        ]
        words += peers
        words += network.dhcp.isDisabled ? [] : dhcp + (network.dns.managesNames ? names : [])
        if dnsPort != 53 { words.append("--port=\(dnsPort)") }
        if dnsPort != 0 {
            // dnsmasq serves a file that berth-net writes, not /etc/hosts: see HostNames.
            words.append("--no-hosts")
            if servesHostNames {
                words.append("--addn-hosts=\(DnsmasqPaths.hostNames(of: bridge))")
            }
        }
        // Router advertisements, from which containers form their own addresses (SLAAC, RFC 4862:
        // EUI-64 or stable private ones). With "ra-only", dnsmasq does not need enable-ra, and
        // serves no DHCPv6. Intervals and lifetimes are its defaults: no --ra-param.
        if let advertised {
            if network.dhcp.isDisabled { words.append(leaseFile) }
            words.append("--dhcp-range=\(advertised.address),ra-only")
        }
        return words
    }

    /// The name servers of other hosts, which this one asks and answers on the underlay. There, it
    /// serves no DHCP, and its queries have the address that the others accept.
    private var peers: [String] {
        guard let tunnel = network.tunnel, let (local, _) = network.peerDNS(port: dnsPort) else {
            return []
        }
        let port = dnsPort == 53 ? "" : "#\(dnsPort)"
        return ["--listen-address=\(local)", "--no-dhcp-interface=\(tunnel.underlay)"]
            + (network.dns.peers ?? []).map {
                "--server=/\($0.domain)/\($0.address)\(port)@\(local)"
            }
    }

    private var leaseFile: String {
        "--dhcp-leasefile=\(DnsmasqPaths.leases(of: network.bridge))"
    }

    private var dhcp: [String] {
        var words = [
            "--dhcp-range="
                + ([network.dhcp.first.description, network.dhcp.last.description]
                + network.dhcp.details).joined(separator: ","),
            "--dhcp-lease-max=\(network.dhcp.maximum)", "--dhcp-no-override", leaseFile,
            "--dhcp-authoritative",
        ]
        if ignoresClientIDs { words.append("--dhcp-ignore-clid") }
        words += [
            "--dhcp-hostsfile=\(DnsmasqPaths.reservations(of: network.bridge))"
        ]
        // Option 6 is the list of name servers, option 26 the interface MTU (RFC 2132).
        if dnsPort != 53, !nameServers.isEmpty {
            let servers = nameServers.map(\.description).joined(separator: ",")
            words.append("--dhcp-option=6,\(servers)")
        }
        if network.mtu != 1500 { words.append("--dhcp-option=26,\(network.mtu)") }
        return words
    }

    /// The tag of clients with an address that berth-nic gives.
    static let containerTag = "berth-nic"
    /// The tag of clients that ask for a reserved name.
    private static let reservedTag = "berth-reserved"

    /// Names of users' containers come from berth-net. Host names that these clients send are
    /// ignored, and no client gets a reserved name.
    private var names: [String] {
        var words = HardwareBlock.allCases.map {
            let pattern = MACAddress(bytes: Array($0.containerAddress([]).bytes.prefix(2)))
            return "--dhcp-mac=set:\(Self.containerTag),\(pattern):*:*:*:*"
        }
        words += DNSLabel.reserved.map { "--dhcp-name-match=set:\(Self.reservedTag),\($0)" }
        words += [Self.containerTag, Self.reservedTag].map { "--dhcp-ignore-names=tag:\($0)" }
        if network.managesNames(dnsPort: dnsPort) {
            words.append("--hostsdir=\(DnsmasqPaths.containerNames(of: network.bridge))")
        }
        return words
    }

    /// The contents of the file for `--dhcp-hostsfile`.
    package static func reservations(_ network: DesiredNetwork) -> String {
        let tag = network.dns.managesNames ? containerTag : nil
        return network.dhcp.reservations.compactMap { $0.line(except: tag) }
            .map { $0 + "\n" }.joined()
    }
}
