import Identity
import Linux
import Netlink
import Testing

@testable import Network

/// A host with the NIC eth1, which leads to a LAN, and eth0 with an address.
enum LANHost {
    static func nic(
        _ name: String = "eth1", index: Int32 = 3, up: Bool = true, master: Int32? = nil
    ) throws -> Interface {
        var nic = try interface(
            name, index: index, kind: .noKind, up: up, master: master,
            address: MACAddress(bytes: [2, 0, 0, 0, 0, 0xe1]))
        nic.learns = true
        return nic
    }

    static func vlan(_ number: UInt16 = 100, isOwn: Bool = true) throws -> Interface {
        var vlan = try interface("eth1.\(number)", index: 9, kind: .vlan)
        vlan.vlan = number
        vlan.peer = InterfaceIndex(3)
        vlan.learns = true
        if isOwn { vlan.group = Uplink.group }
        return vlan
    }

    static func facts(_ change: (inout HostFacts) throws -> Void = { _ in }) throws -> HostFacts {
        var facts = HostFacts(interfaces: [
            try interface("lo", index: 1, kind: .noKind, mtu: 65536),
            try nic("eth0", index: 2), try nic(),
        ])
        facts.addresses = [
            InterfaceAddress(
                interface: InterfaceIndex(2), bytes: [192, 0, 2, 1], prefixLength: 24)
        ]
        try change(&facts)
        return facts
    }

    static func network(_ text: String = "LXC_UPLINK=eth1") throws -> DesiredNetwork {
        let result = validated(text, facts: try facts())
        guard let network = result.network else { throw Refused(problems: result.problems) }
        return network
    }
}

@Suite("Settings of a network in a LAN")
struct UplinkSettingsTests {
    @Test("The LAN has a router and a DHCP server, so this host is neither")
    func defaults() throws {
        let network = try LANHost.network()
        #expect(network.isClosed && network.dhcp.isDisabled && network.dns.port == 0)
        #expect(!network.advertisesRouter && !network.filtersSources)
        #expect(network.mtu == 1500)
        #expect(network.hardwareAddress?.hasPrefix("12:66:") == true)
        #expect(network.uplink == Uplink(port: try #require(BridgeName("eth1")), vlan: nil))
        let tagged = try LANHost.network("LXC_UPLINK=eth1.100").uplink
        #expect(tagged?.vlan?.number == 100 && tagged?.nic.description == "eth1")
        #expect(tagged?.port.description == "eth1.100")
        // A NIC below a VLAN may have an address.
        #expect(try LANHost.network("LXC_UPLINK=eth0.100").uplink?.nic.description == "eth0")
    }

    @Test("Settings in the same file turn the services on")
    func services() throws {
        let addressed = try LANHost.network(
            "LXC_UPLINK=eth1 LXC_ADDR=192.168.7.2 LXC_FORWARDS=tcp:80=192.168.7.9")
        #expect(addressed.ipv4?.address.description == "192.168.7.2")
        #expect(addressed.dhcp.isDisabled && addressed.ipv4?.translates == false)
        #expect(addressed.dns.port == 0 && addressed.ipv6 == nil && !addressed.isClosed)
        let served = try LANHost.network(
            "LXC_UPLINK=eth1 LXC_ADDR=192.168.7.2 LXC_DHCP=true LXC_NAT=true")
        #expect(!served.dhcp.isDisabled && served.ipv4?.translates == true)
        #expect(served.dns.port == 53)
        let ipv6 = try LANHost.network("LXC_UPLINK=eth1 LXC_IPV6_ADDR=fd42::2")
        #expect(ipv6.ipv6?.address.description == "fd42::2" && ipv6.ipv6?.translates == false)
        #expect(!ipv6.advertisesRouter && ipv6.ipv4 == nil && !ipv6.isClosed)
    }

    @Test("An address of the bridge needs a setting, unless berth-net set it")
    func addressesOfBridge() throws {
        func outcome(
            _ text: String, _ bytes: [UInt8], previous: String? = nil
        ) throws -> (problems: [SettingsError], warnings: [String]) {
            let facts = try LANHost.facts {
                $0.interfaces.append(try interface("lxcbr0", index: 7, kind: .bridge))
                $0.addresses.append(
                    InterfaceAddress(
                        interface: InterfaceIndex(7), bytes: bytes,
                        prefixLength: bytes.count == 4 ? 24 : 64))
                guard let previous else { return }
                let network = try LANHost.network(previous)
                $0.previous[network.bridge] = network
            }
            let result = validated(text, facts: facts)
            return (result.problems, result.warnings)
        }
        let ipv6: [UInt8] = [0xfd, 0x42] + [UInt8](repeating: 0, count: 13) + [1]
        for (address, setting) in [([10, 7, 7, 1], "LXC_ADDR"), (ipv6, "LXC_IPV6_ADDR")] {
            let closed = "LXC_UPLINK=eth1"
            let problems = try outcome(closed, address).problems
            #expect(problems.count == 1)
            #expect(problems.first?.description.contains("without \(setting): set it") == true)
            // The bridge becomes closed.
            let both = "LXC_UPLINK=eth1 LXC_ADDR=192.168.7.2 LXC_IPV6_ADDR=fd43::2"
            #expect(try outcome(closed, address, previous: both).problems.count == 1)
            let later = try outcome(closed, address, previous: closed)
            #expect(later.problems.isEmpty && later.warnings.count == 1)
            let own = "LXC_UPLINK=eth1 LXC_ADDR=10.7.7.1 LXC_IPV6_ADDR=fd42::1"
            #expect(try outcome(closed, address, previous: own).problems.isEmpty)
            #expect(try outcome(both, address).problems.isEmpty)
        }
    }

    @Test("The hardware address of the bridge differs between hosts and networks, and stays")
    func hardwareAddress() throws {
        func address(_ seed: UInt8, _ text: String = "LXC_UPLINK=eth1") throws -> String? {
            let facts = try LANHost.facts { $0.seed = [UInt8](repeating: seed, count: 32) }
            return validated(text, facts: facts).network?.hardwareAddress
        }
        let first = try address(1)
        #expect(try first != nil && first == address(1))
        #expect(try first != address(2))
        #expect(try first != address(1, "LXC_UPLINK=eth1 LXC_BRIDGE=lan0"))
        let given = "02:00:00:00:00:aa"
        #expect(try address(1, "LXC_UPLINK=eth1 LXC_BRIDGE_MAC=\(given)") == given)
    }

    @Test(
        "Settings that cannot work are refused",
        arguments: [
            ("LXC_UPLINK=eth9", "LXC_UPLINK", "no interface eth9"),
            ("LXC_UPLINK=lo", "LXC_UPLINK", "loopback"),
            ("LXC_UPLINK=lxcbr0", "LXC_UPLINK", "the bridge itself"),
            ("LXC_UPLINK=lxcbr0.5", "LXC_UPLINK", "the bridge itself"),
            ("LXC_UPLINK=eth0", "LXC_UPLINK", "192.0.2.1/24"),
            ("LXC_UPLINK=eth1.0", "LXC_UPLINK", "1 to 4094"),
            ("LXC_UPLINK=eth1.4095", "LXC_UPLINK", "1 to 4094"),
            ("LXC_UPLINK=eth1.07", "LXC_UPLINK", "1 to 4094"),
            ("LXC_UPLINK=eth1.", "LXC_UPLINK", "1 to 4094"),
            ("LXC_UPLINK=enp12s0f0np.1000", "LXC_UPLINK", "16 characters"),
            ("LXC_UPLINK='eth1 eth2'", "LXC_UPLINK", "not the name"),
            ("LXC_UPLINK=default", "LXC_UPLINK", "not the name"),
            ("LXC_UPLINK=eth1 LXC_VLAN_AWARE=true", "LXC_UPLINK", "LXC_VLAN_AWARE"),
            ("LXC_UPLINK=eth1 LXC_VXLAN=7", "LXC_UPLINK", "LXC_VXLAN"),
            ("LXC_UPLINK=eth1 LXC_NAT=true", "LXC_NAT", "LXC_ADDR"),
            ("LXC_UPLINK=eth1 LXC_DHCP=true", "LXC_DHCP", "LXC_ADDR"),
            ("LXC_UPLINK=eth1 LXC_NETWORK=auto", "LXC_NETWORK", "LXC_ADDR"),
            ("LXC_UPLINK=eth1 LXC_DNS_PORT=53", "LXC_DNS_PORT", "LXC_ADDR"),
            ("LXC_UPLINK=eth1 LXC_DHCP_HOSTS=web,10.0.3.9", "LXC_DHCP_HOSTS", "LXC_ADDR"),
            ("LXC_UPLINK=eth1 LXC_FORWARDS=tcp:80=10.0.3.9", "LXC_FORWARDS", "LXC_ADDR"),
            ("LXC_UPLINK=eth1 LXC_IPV6_ENABLE=true", "LXC_IPV6_ENABLE", "LXC_IPV6_ADDR"),
            ("LXC_UPLINK=eth1 LXC_IPV6_PREFIX=fd42", "LXC_IPV6_PREFIX", "LXC_IPV6_ADDR"),
            ("LXC_UPLINK=eth1 LXC_BRIDGE_MTU=9000", "LXC_BRIDGE_MTU", "1500"),
        ])
    func refused(text: String, variable: String, reason: String) throws {
        let result = validated(text, facts: try LANHost.facts())
        #expect(result.network == nil)
        #expect(
            result.problems.contains { $0.variable == variable && $0.sentence.contains(reason) },
            "\(result.problems)")
    }

    @Test(
        "A NIC that others use is refused",
        arguments: [
            "address", "address6", "route", "bridge", "container", "networkd", "manager",
            "wireless", "wireguard", "kind", "vlan", "othervlan",
        ])
    func used(how: String) throws {
        var text = "LXC_UPLINK=eth1"
        let facts = try LANHost.facts { facts in
            let index = InterfaceIndex(3)
            switch how {
            case "address", "address6":
                facts.addresses.append(
                    InterfaceAddress(
                        interface: index,
                        bytes: how == "address"
                            ? [10, 1, 1, 1] : [0xfd] + [UInt8](repeating: 0, count: 15),
                        prefixLength: 24))
            case "route":
                facts.routes = [
                    Route(
                        destination: [10, 9, 0, 0], prefixLength: 16, interface: index,
                        isConnected: false, mtu: nil, isAdvertised: false, metric: 0)
                ]
            case "bridge":
                facts.interfaces[2] = try LANHost.nic(master: 7)
                facts.interfaces.append(try interface("br7", index: 7, kind: .bridge))
            case "container": facts.interfaces[2].group = PortGrant().group
            case "networkd": facts.managers = { _ in [.networkd(file: UntrustedText("20-lan"))] }
            case "manager": facts.managers = { _ in [.networkManager] }
            case "wireless": facts.isWireless = { $0 == "eth1" }
            case "wireguard": facts.interfaces[2].address = nil
            case "kind": facts.interfaces[2] = try interface("eth1", index: 3, kind: .bridge)
            case "vlan":
                text += ".100"
                facts.interfaces.append(try LANHost.vlan(isOwn: false))
            default:
                text += ".100"
                var vlan = try interface("other", index: 9, kind: .vlan)
                (vlan.vlan, vlan.peer) = (100, index)
                facts.interfaces.append(vlan)
            }
        }
        let expected = [
            "address": "has the address 10.1.1.1/24", "address6": "has the address fd00::/24",
            "route": "through eth1 (10.9.0.0/16)", "bridge": "belongs to br7",
            "container": "NIC of a container", "networkd": "systemd-networkd",
            "manager": "nmcli device set eth1 managed no", "wireless": "wireless",
            "wireguard": "not an Ethernet", "kind": "is a bridge",
            "vlan": "eth1.100 exists", "othervlan": "other already is",
        ]
        let problems = validated(text, facts: facts).problems
        let reason = try #require(expected[how])
        #expect(
            problems.count == 1 && problems[0].variable == "LXC_UPLINK"
                && problems[0].sentence.contains(reason), "\(problems)")
    }

    @Test("The link-local address and route that the kernel adds do not count")
    func linkLocal() throws {
        let facts = try LANHost.facts { facts in
            facts.routes = [
                Route(
                    destination: [0xfe, 0x80] + [UInt8](repeating: 0, count: 14), prefixLength: 64,
                    interface: InterfaceIndex(3), isConnected: true, mtu: nil,
                    isAdvertised: false, metric: 256)
            ]
        }
        #expect(validated("LXC_UPLINK=eth1", facts: facts).network != nil)
    }

    @Test("An attached uplink is accepted again, with a warning if it has got an address since")
    func attached() throws {
        let facts = try LANHost.facts { facts in
            facts.interfaces[2] = try LANHost.nic(master: 7)
            facts.interfaces.append(try interface("lxcbr0", index: 7, kind: .bridge))
        }
        let result = validated("LXC_UPLINK=eth1", facts: facts)
        #expect(result.network != nil && result.warnings.isEmpty)
        var addressed = facts
        addressed.addresses.append(
            InterfaceAddress(
                interface: InterfaceIndex(3), bytes: [10, 1, 1, 1], prefixLength: 24))
        let warned = validated("LXC_UPLINK=eth1", facts: addressed)
        #expect(warned.network != nil)
        #expect(warned.warnings.first?.contains("eth1 has the address 10.1.1.1/24") == true)
    }

    @Test("Two networks cannot have one uplink")
    func shared() throws {
        var files = SettingsFiles()
        files.networks = [
            try settings("LXC_UPLINK=eth1"),
            try settings("LXC_UPLINK=eth1 LXC_BRIDGE=b", file: "/etc/lxc/net.d/b.conf"),
        ]
        let state = DesiredState(files, try LANHost.facts())
        #expect(state.problems.contains { $0.variable == "LXC_UPLINK" })
    }
}
