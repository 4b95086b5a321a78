import Identity
import Netlink
import Testing

@testable import Network

@Suite("One network over several hosts, by VXLAN")
struct TunnelTests {
    @Test("The guard is created first, the port after the link is up; stop removes the port first")
    func order() throws {
        let network = try ClusterHost.network()
        let planner = Planner(HostCapabilities())
        let changes = planner.changes(to: network, from: ObservedNetwork(), record: nil)
        let lines = changes.map(\.description)
        #expect(lines.first == "+ lxcbr0: firewall table bridge berth_lxcbr0, for the tunnel")
        let port =
            "+ lxcbr0: VXLAN port vx100, VNI 100 from 192.0.2.1 to 192.0.2.2 192.0.2.3, MTU 1450"
        let position = try #require(lines.firstIndex(of: port))
        #expect(lines[..<position].contains("+ lxcbr0: link is set up"))
        #expect(lines[position...].contains("+ lxcbr0: dnsmasq"))

        let (observed, entry) = try complete(network)
        #expect(planner.changes(to: network, from: observed, record: entry).isEmpty)
        let removal = planner.removal(of: entry, from: observed).map(\.description)
        #expect(
            removal.prefix(2) == [
                "- lxcbr0: VXLAN port vx100", "- lxcbr0: firewall table bridge berth_lxcbr0",
            ])
        let without = ClusterHost.list.replacing("LXC_VXLAN=100 ", with: "LXC_BRIDGE_MTU=1450 ")
            .split(separator: " LXC_VXLAN_LOCAL")[0]
        let change = planner.changes(
            to: try NetworkTests.network(String(without)), from: observed, record: entry
        ).map(\.description)
        #expect(change.first == "- lxcbr0: VXLAN port vx100")
        #expect(change.contains("- lxcbr0: firewall table bridge berth_lxcbr0"))
    }

    /// A network as the plan creates it.
    func complete(
        _ network: DesiredNetwork
    ) throws -> (observed: ObservedNetwork, entry: Record.Entry) {
        var (observed, entry) = try PlanTests.applied(network)
        observed.interface = try interface("lxcbr0", index: 7, kind: .bridge, mtu: 1450)
        var port = try interface(
            "vx100", index: 9, kind: .vxlan, mtu: 1450, master: 7, isolated: true,
            address: ClusterHost.portAddress)
        port.vxlan = network.tunnel?.options
        port.learns = network.tunnel?.usesEVPN == false
        observed.tunnels = [ObservedTunnel(port)]
        observed.tunnels[0].peers = network.tunnel?.peers ?? []
        observed.tunnelGuard = "table bridge berth_lxcbr0 {\n}"
        entry.tunnelGuard = .init(
            dialect: .nft, rendered: try #require(TunnelGuard(network)).digest,
            observed: RuleListing(try #require(observed.tunnelGuard)).digest)
        return (observed, entry)
    }

    @Test("What the port has lost is restored, and a lost guard first")
    func restored() throws {
        let planner = Planner(HostCapabilities())
        for text in [ClusterHost.list, ClusterHost.evpn] {
            let network = try ClusterHost.network(text)
            let (complete, entry) = try complete(network)
            func changes(_ lose: (inout ObservedNetwork) throws -> Void) rethrows -> [String] {
                var observed = complete
                try lose(&observed)
                return planner.changes(to: network, from: observed, record: entry)
                    .map(\.description)
            }
            #expect(changes { _ in } == [])
            #expect(
                changes { $0.tunnelGuard = nil } == [
                    "+ lxcbr0: firewall table bridge berth_lxcbr0, for the tunnel"
                ])
            #expect(
                changes { $0.tunnelGuard = "table bridge berth_lxcbr0 {\n\tchain x {\n\t}\n}" } == [
                    "~ lxcbr0: firewall table bridge berth_lxcbr0, for the tunnel"
                ])
            #expect(
                changes { $0.tunnels[0].isWithoutIPv6 = false } == [
                    "~ lxcbr0: VXLAN port vx100 is restored (has IPv6)"
                ])
            #expect(
                changes { $0.tunnels[0].interface.learns.toggle() }.first?
                    .contains("is restored (learns") == true)
            #expect(
                changes { $0.tunnels[0].interface.suppressesNeighbors = true } == [
                    "~ lxcbr0: VXLAN port vx100 is restored (neigh_suppress)"
                ])
            #expect(changes { $0.tunnels = [] }.first?.hasPrefix("+ lxcbr0: VXLAN port") == true)
            // The peers of EVPN are those of the BGP daemon.
            let other = try #require(UnderlayAddress("192.0.2.9"))
            #expect(
                changes { $0.tunnels[0].peers = [other] }
                    == (text == ClusterHost.evpn
                        ? []
                        : [
                            "+ lxcbr0: VXLAN port vx100, peer 192.0.2.2",
                            "+ lxcbr0: VXLAN port vx100, peer 192.0.2.3",
                            "- lxcbr0: VXLAN port vx100, peer 192.0.2.9",
                        ]))
        }
    }

    @Test("A port with another value of an option that cannot be changed is created again")
    func recreated() throws {
        let planner = Planner(HostCapabilities())
        let (observed, entry) = try complete(try ClusterHost.network())
        let changes = planner.changes(
            to: try ClusterHost.network(ClusterHost.evpn), from: observed, record: entry
        )
        .map(\.description)
        #expect(changes.first == "- lxcbr0: VXLAN port vx100")
        #expect(changes.contains { $0.hasPrefix("+ lxcbr0: VXLAN port vx100, VNI 100 from") })
        // A port that another network has created is first deleted, by its index.
        var elsewhere = observed
        elsewhere.interface = nil
        #expect(
            planner.changes(to: try ClusterHost.network(), from: elsewhere, record: entry).map(
                \.description
            )
            .first == "- lxcbr0: VXLAN port vx100")
    }

    @Test(
        "Frames of other hosts' NICs with ipfilter pass, unless they have an address of one here")
    func addressFilter() throws {
        func script(_ network: DesiredNetwork) throws -> String {
            let filtered = try #require(
                AddressFilter.Network(network, hardwareAddress: nil))
            return AddressFilter(networks: [filtered], knowsBridges: true).script()
        }
        let text = try script(try ClusterHost.network())
        let ports = text.split(separator: "\n").filter { $0.contains(" bridge berth ports ") }
        #expect(
            ports.firstIndex { $0.hasSuffix("iifname \"vx100\" goto tunnel_in") }
                == ports.firstIndex { $0.hasSuffix("jump held") }.map { $0 - 1 })
        #expect(text.contains("towards iifname \"vx100\" accept\n"))
        #expect(
            text.contains(
                "tunnel_in iifname \"vx100\" ether saddr @nics_lxcbr0 counter drop\n"
                    + "add rule bridge berth tunnel_in ether saddr & ff:ff:00:00:00:00 == "
                    + "b2:be:00:00:00:00 goto tunnel_filtered\n"
                    + "add rule bridge berth tunnel_in goto held\n"))
        #expect(
            text.contains(
                "tunnel_ipv4 ether saddr . ip saddr @lease accept\n"
                    + "add rule bridge berth tunnel_ipv4 ip saddr @leased counter drop\n"))
        #expect(try !script(try network()).contains("tunnel"))
    }

    @Test("The guard keeps the gateway, DHCP and router discovery within each host")
    func guardScript() throws {
        let script = try #require(TunnelGuard(try ClusterHost.network())).script
        for line in [
            "arriving iifname \"vx100\" jump keep", "leaving oifname \"vx100\" jump keep",
            "keep ether type 8021q counter drop", "keep ether type 8021ad counter drop",
            "keep ether saddr 10:66:6a:00:00:00 counter drop",
            "keep arp saddr ip 10.88.0.1 counter drop",
            "keep_ipv6 ip6 saddr { fd42:88:88:88::1, fe80::1266:6aff:fe00:0 } counter drop",
        ] {
            #expect(script.contains("add rule bridge berth_lxcbr0 \(line)\n"), "\(script)")
        }
        #expect(TunnelGuard(try network()) == nil)
    }

    @Test("Rules that drop VXLAN and BGP from containers of any network precede those that accept")
    func containers() throws {
        let other = try network("LXC_BRIDGE=two LXC_ADDR=10.9.9.1 LXC_IPV6_ENABLE=false")
        for network in [try ClusterHost.network(), other] {
            let rules = FirewallRules(
                network, dnsPort: 53, among: [other, try ClusterHost.network()])
            let lines = NftDialect.script(rules).split(separator: "\n").map(String.init)
            let name = "\(network.bridge)"
            let prefix = "add rule inet berth_\(name)"
            for chain in ["input", "forward"] {
                let own = lines.filter { $0.hasPrefix("\(prefix) \(chain) ") }
                #expect(
                    own.prefix(2) == [
                        "\(prefix) \(chain) iifname \"\(name)\" udp dport 4789 counter drop",
                        "\(prefix) \(chain) iifname \"\(name)\" tcp dport 179 counter drop",
                    ])
            }
            let iptables = IptablesDialect.rendered(rules, for: .ipv6, protectsOnly: true)
                .map(\.text).filter { $0.contains("--dport 4789") || $0.contains("--dport 179") }
            #expect(iptables.count == 6 && iptables.allSatisfy { $0.hasSuffix("-j DROP") })
        }
        #expect(!NftDialect.script(FirewallRules(other, dnsPort: 53)).contains("4789"))
    }

    @Test("Containers cannot take what other hosts send to this one, by NAT or in frames to groups")
    func shadows() throws {
        let peers = try ClusterHost.network("\(ClusterHost.list) LXC_DNS_PEERS=h2.lxc=192.0.2.2")
        let other = try network("LXC_BRIDGE=two LXC_ADDR=10.9.9.1 LXC_RPFILTER=false")
        func lines(_ network: DesiredNetwork, _ port: UInt16 = 53) -> [String] {
            NftDialect.script(FirewallRules(network, dnsPort: port, among: [other, peers]))
                .split(separator: "\n").map(String.init)
        }
        let groups = "sources ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00 counter drop"
        for network in [peers, other] {
            let match =
                "translated iifname \"\(network.bridge)\" ct direction original "
                + "ct status & snat == snat"
            let found = lines(network).map {
                $0.replacing("add rule inet berth_\(network.bridge) ", with: "")
            }
            #expect(found.contains("\(match) udp sport { 4789, 53 } counter drop"))
            #expect(found.contains("\(match) tcp sport { 179, 53 } counter drop"))
            #expect(found.contains(groups))
        }
        #expect(lines(peers, 0).contains { $0.hasSuffix("udp sport { 4789 } counter drop") })
        let alone = NftDialect.script(FirewallRules(other, dnsPort: 53))
        #expect(!alone.contains("translated") && !alone.contains(groups))
        let rules = FirewallRules(peers, dnsPort: 53, among: [other, peers])
        for (family, count) in [(IptablesDialect.Family.ipv4, 1), (.ipv6, 2)] {
            let text = IptablesDialect.rendered(rules, for: family).map(\.text)
            #expect(text.count { $0.contains("--dport 4789 -m pkttype ! --pkt-type") } == count)
            #expect(text.count { $0.contains("--sport 53 -m conntrack --ctdir ORIGINAL") } == 2)
        }
    }

    @Test("The name server asks its peers, and answers only them on the underlay")
    func names() throws {
        let names = "\(ClusterHost.list) LXC_DNS_PEERS=h2.lxc=192.0.2.2"
        func words(_ text: String, port: UInt16 = 53) throws -> [String] {
            DnsmasqConfiguration(
                network: try ClusterHost.network(text), dnsPort: port, user: "nobody",
                nameServers: []
            ).arguments
        }
        for word in [
            "--listen-address=192.0.2.1", "--no-dhcp-interface=up0",
            "--server=/h2.lxc/192.0.2.2@192.0.2.1",
        ] {
            #expect(try words(names).contains(word))
            #expect(try !words(ClusterHost.list).contains(word))
            #expect(try !words(names, port: 0).contains(word), "another program has the port")
        }
        #expect(
            try words("\(names) LXC_DNS_PORT=5353", port: 5353)
                .contains("--server=/h2.lxc/192.0.2.2#5353@192.0.2.1"))
        let lines = NftDialect.script(FirewallRules(try ClusterHost.network(names), dnsPort: 53))
        #expect(
            lines.contains(
                "input ip daddr 192.0.2.1 udp dport 53 ip saddr { 192.0.2.2, 192.0.2.3 } accept\n"
                    + "add rule inet berth_lxcbr0 input ip daddr 192.0.2.1 udp dport 53 "
                    + "iifname != \"lo\" counter drop\n"))
        let rules = FirewallRules(try ClusterHost.network(names), dnsPort: 53)
        #expect(
            IptablesDialect.rendered(rules, for: .ipv4).map(\.text).filter {
                $0.contains("-d 192.0.2.1") && $0.contains("udp")
            }.map { $0.replacing(" -m comment --comment berth-net:lxcbr0", with: "") } == [
                "-A INPUT -s 192.0.2.2 -d 192.0.2.1 -p udp -m udp --dport 53 -j ACCEPT",
                "-A INPUT -s 192.0.2.3 -d 192.0.2.1 -p udp -m udp --dport 53 -j ACCEPT",
                "-A INPUT -d 192.0.2.1 ! -i lo -p udp -m udp --dport 53 -j DROP",
            ])
    }
}
