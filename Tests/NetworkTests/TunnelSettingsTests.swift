import Netlink
import Testing

@testable import Network

/// The settings of host 1 of a cluster, and the host.
enum ClusterHost {
    static let base = """
        LXC_NETWORK=10.88.0.0/16 LXC_IPV6_PREFIX=fd42:88:88:88 LXC_DOMAIN=h1.lxc \
        LXC_DHCP_RANGE=10.88.1.2,10.88.1.254 LXC_VXLAN=100
        """
    static let local = "LXC_VXLAN_LOCAL=192.0.2.1"
    static let list = "\(base) \(local) LXC_VXLAN_PEERS='192.0.2.2 192.0.2.3'"
    static let evpn = "\(base) \(local) LXC_VXLAN_PEERS=evpn"
    /// The hardware address of the port that berth-net creates.
    static let portAddress = MACAddress(bytes: [0x12, 0x66, 0x6a, 0, 0, 100])

    /// A host with the addresses 192.0.2.1 and 2001:db8::1 on up0.
    static func facts(mtu: UInt32 = 1500) throws -> HostFacts {
        var facts = HostFacts(interfaces: [
            try interface("lo", index: 1, kind: .noKind, mtu: 65536),
            try interface("up0", index: 2, kind: .noKind, mtu: mtu),
        ])
        let addresses: [(Int32, String, UInt8)] = [
            (1, "198.51.100.1", 32), (2, "192.0.2.1", 24), (2, "2001:db8::1", 64),
        ]
        facts.addresses = try addresses.map { index, text, length in
            InterfaceAddress(
                interface: InterfaceIndex(index), bytes: try #require(UnderlayAddress(text)).bytes,
                prefixLength: length)
        }
        return facts
    }

    static func network(_ text: String = list) throws -> DesiredNetwork {
        let result = validated(text, facts: try facts())
        guard let network = result.network else { throw Refused(problems: result.problems) }
        return network
    }
}

@Suite("Settings of a network over several hosts")
struct TunnelSettingsTests {
    @Test(
        "The MTU is that of the underlay less the headers, and the gateway has a fixed address"
    )
    func derived() throws {
        let network = try ClusterHost.network()
        #expect(network.mtu == 1450)
        #expect(network.hardwareAddress == "10:66:6a:00:00:00")
        #expect(network.tunnel?.name == "vx100" && network.tunnel?.underlay == "up0")
        #expect(network.tunnel?.hardwareAddress.description == "12:66:6a:00:00:64")
        let other = "LXC_VXLAN_LOCAL=2001:db8::1 LXC_VXLAN_PEERS=2001:db8::2"
        #expect(try ClusterHost.network("\(ClusterHost.base) \(other)").mtu == 1430)
        // An address on the loopback interface is reached through other interfaces.
        #expect(
            try ClusterHost.network(
                "\(ClusterHost.base) LXC_VXLAN_LOCAL=198.51.100.1 LXC_VXLAN_PEERS=evpn"
            ).mtu == 1450
        )
        #expect(try ClusterHost.network("\(ClusterHost.list) LXC_BRIDGE_MTU=1400").mtu == 1400)
        #expect(try ClusterHost.network(ClusterHost.evpn).tunnel?.usesEVPN == true)
    }

    @Test(
        "Settings that the kernel accepts, but that cannot work, are refused",
        arguments: [
            ("LXC_VXLAN=0 \(ClusterHost.local) LXC_VXLAN_PEERS=evpn", "LXC_VXLAN"),
            ("LXC_VXLAN=16777216 \(ClusterHost.local) LXC_VXLAN_PEERS=evpn", "LXC_VXLAN"),
            ("LXC_VXLAN=a \(ClusterHost.local) LXC_VXLAN_PEERS=evpn", "LXC_VXLAN"),
            ("LXC_VXLAN_PEERS=evpn", "LXC_VXLAN"), (ClusterHost.local, "LXC_VXLAN"),
            ("LXC_VXLAN= \(ClusterHost.local)", "LXC_VXLAN_LOCAL"),
            ("LXC_VXLAN= LXC_VXLAN_PEERS=evpn", "LXC_VXLAN_PEERS"),
            ("LXC_VXLAN= LXC_DNS_PEERS=h2.lxc=192.0.2.2", "LXC_DNS_PEERS"),
            ("LXC_VXLAN_LOCAL=host1 LXC_VXLAN_PEERS=evpn", "LXC_VXLAN_LOCAL"),
            ("LXC_VXLAN_LOCAL=192.0.2.9 LXC_VXLAN_PEERS=evpn", "LXC_VXLAN_LOCAL"),
            ("LXC_VXLAN_LOCAL=127.0.0.1 LXC_VXLAN_PEERS=evpn", "LXC_VXLAN_LOCAL"),
            ("LXC_VXLAN_LOCAL=0.0.0.0 LXC_VXLAN_PEERS=evpn", "LXC_VXLAN_LOCAL"),
            ("LXC_VXLAN_LOCAL=239.1.1.1 LXC_VXLAN_PEERS=evpn", "LXC_VXLAN_LOCAL"),
            ("LXC_VXLAN_LOCAL=fe80::1 LXC_VXLAN_PEERS=evpn", "LXC_VXLAN_LOCAL"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS='evpn 192.0.2.2'", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=host2", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=192.0.2.1", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=198.51.100.1", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=192.0.2.255", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=192.0.2.0", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=255.255.255.255", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=239.1.1.1", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=127.0.0.2", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=0.0.0.0", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=2001:db8::2", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS='192.0.2.2 192.0.2.2'", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=10.88.2.1", "LXC_VXLAN_PEERS"),
            ("LXC_VXLAN_LOCAL=2001:db8::1 LXC_VXLAN_PEERS=ff02::1", "LXC_VXLAN_PEERS"),
            ("LXC_VXLAN_LOCAL=2001:db8::1 LXC_VXLAN_PEERS=fe80::2", "LXC_VXLAN_PEERS"),
            ("LXC_VXLAN_LOCAL=2001:db8::1 LXC_VXLAN_PEERS=::ffff:192.0.2.2", "LXC_VXLAN_PEERS"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_BRIDGE_MTU=1451", "LXC_BRIDGE_MTU"),
            (
                "\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_NETWORK=auto LXC_DHCP_RANGE=",
                "LXC_NETWORK"
            ),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_DHCP_RANGE=", "LXC_VXLAN"),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_IPV6_PREFIX=", "LXC_VXLAN"),
            (
                "\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_FORWARDS=udp:4780-4790=10.88.1.9",
                "LXC_FORWARDS"
            ),
            (
                "\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_FORWARDS=tcp:179=10.88.1.9",
                "LXC_FORWARDS"
            ),
            ("\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_DNS_PEERS=192.0.2.2", "LXC_DNS_PEERS"),
            (
                "\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_DNS_PEERS=h1.lxc=192.0.2.2",
                "LXC_DNS_PEERS"
            ),
            (
                "\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_DNS_PEERS=h2.lxc=192.0.2.1",
                "LXC_DNS_PEERS"
            ),
            (
                "\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_DNS_PEERS=h2.lxc=2001:db8::2",
                "LXC_DNS_PEERS"
            ),
            (
                "\(ClusterHost.local) LXC_VXLAN_PEERS=evpn "
                    + "LXC_DNS_PEERS='h2.lxc=192.0.2.2 H2.lxc=192.0.2.3'",
                "LXC_DNS_PEERS"
            ),
            (
                "\(ClusterHost.local) LXC_VXLAN_PEERS=evpn LXC_DNS_PORT=0 "
                    + "LXC_DNS_PEERS=h2.lxc=192.0.2.2",
                "LXC_DNS_PEERS"
            ),
        ])
    func refused(text: String, variable: String) throws {
        var files = SettingsFiles()
        files.networks = [try settings("\(ClusterHost.base) \(text)")]
        let problems = DesiredState(files, try ClusterHost.facts()).problems
        #expect(problems.map(\.variable) == [variable])
        #expect(problems.first?.place?.line == 1)
    }

    @Test("An interface that berth-net did not create is not taken")
    func taken() throws {
        var facts = try ClusterHost.facts()
        for name in ["vx100", "other"] {
            var port = try interface(name, index: 9, kind: .vxlan)
            port.vxlan = VXLANOptions(number: 100, local: [], port: 4789, learns: true)
            facts.interfaces.append(port)
            let problems = validated(ClusterHost.list, facts: facts).problems
            #expect(problems.map(\.variable) == ["LXC_VXLAN"], "\(name)")
            facts.interfaces.removeLast()
        }
        var own = try interface("vx100", index: 9, kind: .vxlan, address: ClusterHost.portAddress)
        own.vxlan = VXLANOptions(number: 100, local: [192, 0, 2, 1], port: 4789, learns: true)
        facts.interfaces.append(own)
        #expect(validated(ClusterHost.list, facts: facts).problems.isEmpty)
    }

    @Test("An underlay with too small an MTU is refused")
    func smallUnderlay() throws {
        let problems = validated(ClusterHost.list, facts: try ClusterHost.facts(mtu: 1300)).problems
        #expect(problems.map(\.variable) == ["LXC_VXLAN_LOCAL"])
        let without = ClusterHost.list.replacing(
            "LXC_IPV6_PREFIX=fd42:88:88:88", with: "LXC_IPV6_ENABLE=no")
        #expect(validated(without, facts: try ClusterHost.facts(mtu: 1300)).network?.mtu == 1250)
    }

    @Test("Two networks need different numbers, and two name servers different addresses")
    func conflicts() throws {
        let second = ClusterHost.list.replacing("10.88.", with: "10.89.").replacing(
            "fd42:88", with: "fd42:89")
        func problems(_ more: String, _ others: String) throws -> [String?] {
            var files = SettingsFiles()
            files.networks = [
                try settings("\(ClusterHost.list) \(more)"),
                try settings(
                    "\(second) LXC_BRIDGE=two \(others)", file: "/etc/lxc/net.d/two.conf"),
            ]
            return DesiredState(files, try ClusterHost.facts()).problems.map(\.variable)
        }
        #expect(try problems("", "") == ["LXC_VXLAN"])
        #expect(try problems("", "LXC_VXLAN=101") == [])
        let names = "LXC_DNS_PEERS=h2.lxc=192.0.2.2"
        #expect(try problems(names, "LXC_VXLAN=101 \(names)") == ["LXC_DNS_PEERS"])
        #expect(try problems(names, "LXC_VXLAN=101 \(names) LXC_DNS_PORT=5353") == [])
        #expect(
            try problems("", "LXC_VXLAN=101 LXC_FORWARDS=udp:4789=10.89.1.9") == ["LXC_FORWARDS"])
    }

    @Test(
        "A forward to an address that this host does not lease causes a warning, unless reserved")
    func forwards() throws {
        func warned(_ text: String) throws -> Bool {
            validated(
                "\(ClusterHost.list) LXC_FORWARDS=tcp:80=\(text)", facts: try ClusterHost.facts()
            ).warnings
                .contains { $0.contains("outside LXC_DHCP_RANGE of this host") }
        }
        #expect(try warned("10.88.2.9"))
        #expect(try !warned("10.88.1.9"))
        #expect(try !warned("10.88.2.9 LXC_DHCP_HOSTS=web,10.88.2.9"))
    }
}
