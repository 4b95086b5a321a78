import Netlink
import Network
import Testing

@Suite("The desired state follows from the settings")
struct ValidationTests {
    @Test("The defaults are those of lxc-net")
    func standard() throws {
        let network = try network()
        #expect(network.bridge.description == "lxcbr0")
        #expect(network.ipv4?.address.description == "10.0.3.1")
        #expect(network.ipv4?.network.description == "10.0.3.0/24")
        #expect(network.dhcp.first.description == "10.0.3.2")
        #expect(network.dhcp.last.description == "10.0.3.254")
        #expect(network.dhcp.maximum == 253)
        #expect(network.ipv4?.translates == true)
        #expect(network.dns.port == 53)
    }

    @Test(
        "Settings that are not set are derived from those that are",
        arguments: [
            ("LXC_NETWORK=10.9.0.0/16", "10.9.0.1", "10.9.0.0/16", "10.9.0.2", "10.9.255.254"),
            ("LXC_ADDR=10.7.7.254", "10.7.7.254", "10.7.7.0/24", "10.7.7.1", "10.7.7.253"),
            (
                "LXC_ADDR=10.7.7.1 LXC_NETMASK=255.255.255.252", "10.7.7.1", "10.7.7.0/30",
                "10.7.7.2",
                "10.7.7.2"
            ),
        ])
    func derived(text: String, address: String, range: String, first: String, last: String) throws {
        let network = try network(text)
        #expect(network.ipv4?.address.description == address)
        #expect(network.ipv4?.network.description == range)
        #expect(network.dhcp.first.description == first)
        #expect(network.dhcp.last.description == last)
    }

    @Test("An automatic range avoids every route and does not change")
    func automatic() throws {
        func route(_ destination: [UInt8], _ length: UInt8, gateway: Bool = false) -> Route {
            Route(
                destination: destination, prefixLength: length, interface: InterfaceIndex(2),
                isConnected: !gateway, mtu: nil, isAdvertised: false, metric: 0)
        }
        var facts = HostFacts(routes: [
            route([10, 0, 3, 0], 24), route([10, 0, 4, 128], 25, gateway: true),
            route([10, 0, 0, 0], 8, gateway: true), route([0, 0, 0, 0], 0, gateway: true),
        ])
        facts.nameServers = [try #require(IPv4Address("10.0.5.53"))]
        let network = try #require(validated("LXC_NETWORK=auto", facts: facts).network)
        #expect(network.ipv4?.network.description == "10.0.6.0/24")
        var before = network
        before.ipv4?.network = try #require(Prefix("10.0.77.0/24"))
        facts.previous[network.bridge] = before
        let again = try #require(validated("LXC_NETWORK=auto", facts: facts).network)
        #expect(again.ipv4?.network.description == "10.0.77.0/24")
    }

    @Test("The default MTU is that of the default route")
    func mtu() throws {
        let outside = Route(
            destination: [0, 0, 0, 0], prefixLength: 0, interface: InterfaceIndex(2),
            isConnected: false, mtu: nil, isAdvertised: false, metric: 0)
        let facts = HostFacts(
            interfaces: [try interface("eth0", index: 2, mtu: 1460)], routes: [outside])
        #expect(validated("", facts: facts).network?.mtu == 1460)
        #expect(validated("LXC_BRIDGE_MTU=1400", facts: facts).network?.mtu == 1400)
        #expect(validated("").network?.mtu == 1500)
    }

    @Test(
        "IPv6 is disabled by a setting or by an empty value",
        arguments: [
            "LXC_IPV6_ENABLE=false", "LXC_IPV6_ADDR=\"\"", "LXC_IPV6_MASK=", "LXC_IPV6_NETWORK=''",
        ])
    func withoutIPv6(text: String) throws {
        #expect(try network(text).ipv6 == nil)
    }

    @Test("A kernel without IPv6 causes a warning")
    func kernelWithoutIPv6() {
        let result = validated("", facts: HostFacts(hasIPv6: false))
        #expect(result.network != nil && result.network?.ipv6 == nil)
        #expect(result.warnings.map { $0.hasPrefix("IPv6 is not supported") } == [true])
    }

    @Test("The default prefix is a ULA that depends on the machine and the network only")
    func uniqueLocal() throws {
        let one = HostFacts(seed: Array("4c9c1b1f\n".utf8))
        let other = HostFacts(seed: Array("4c9c1b20\n".utf8))
        let first = try #require(validated("", facts: one).network?.ipv6?.network)
        #expect(validated("", facts: one).network?.ipv6?.network == first)
        #expect(validated("", facts: other).network?.ipv6?.network != first)
        let further = validated("LXC_BRIDGE=br1", facts: one, isFirst: false)
        #expect(further.network?.ipv6?.network != first)
        #expect(first.first.bytes.first == 0xfd && first.length == 64)
    }

    @Test("The default prefix is the one that LXC's lxc-net derives")
    func uniqueLocalOfTheScript() throws {
        let facts = HostFacts(seed: Array("0123456789abcdef0123456789abcdef\n".utf8))
        let network = try #require(validated("", facts: facts).network?.ipv6?.network)
        #expect(network.description == "fd93:8934:3f4e:855b::/64")
    }

    @Test(
        "A network that is switched off is not validated",
        arguments: ["USE_LXC_BRIDGE=false\nLXC_ADDR=nonsense", "USE_LXC_BRIDGE=\"\""])
    func off(text: String) {
        let result = validated(text)
        #expect(result.network == nil && result.problems.isEmpty)
    }

    @Test("A domain can have an underscore, as in dnsmasq")
    func underscore() throws {
        #expect(try network("LXC_DOMAIN=my_lan.home").dns.domain == "my_lan.home")
    }

    @Test(
        "A route conflicts with a new range, but not with the range that the bridge has",
        arguments: [
            ([10, 0, 3, 0], 24, false, true), ([10, 0, 3, 128], 25, false, true),
            ([10, 0, 0, 0], 8, true, true), ([10, 0, 0, 0], 8, false, false),
            ([10, 0, 4, 0], 24, true, false),
        ] as [([UInt8], UInt8, Bool, Bool)])
    func conflictingRoute(destination: [UInt8], length: UInt8, isConnected: Bool, isInTheWay: Bool)
        throws
    {
        func route(_ to: [UInt8], _ length: UInt8, by index: Int32, isConnected: Bool) -> Route {
            Route(
                destination: to, prefixLength: length, interface: InterfaceIndex(index),
                isConnected: isConnected, mtu: nil, isAdvertised: false, metric: 0)
        }
        var facts = HostFacts(
            interfaces: [try interface("lxcbr0", index: 7, kind: .bridge)],
            routes: [route(destination, length, by: 2, isConnected: isConnected)])
        #expect((validated("", facts: facts).network == nil) == isInTheWay)
        facts.routes.append(route([10, 0, 3, 0], 24, by: 7, isConnected: true))
        #expect(validated("", facts: facts).network != nil)
    }

    @Test(
        "An address of the host itself in the range conflicts only if the bridge is to have it",
        arguments: [
            ("LXC_IPV6_NETWORK=2001:db8:7::/64", "2001:db8:7::2", true),
            (
                "LXC_IPV6_NETWORK=2001:db8:7::/64 LXC_IPV6_ADDR=2001:db8:7::2", "2001:db8:7::2",
                false
            ),
            ("", "10.0.3.7", true), ("LXC_ADDR=10.0.3.7", "10.0.3.7", false),
        ])
    func ownAddress(text: String, address: String, isAccepted: Bool) throws {
        let bytes = try #require(IPv4Address(address)?.bytes ?? IPv6Address(address)?.bytes)
        let length = UInt8(bytes.count * 8)
        var facts = HostFacts(
            interfaces: [try interface("eth0", index: 2)],
            routes: [
                Route(
                    destination: bytes, prefixLength: length, interface: InterfaceIndex(2),
                    isConnected: true, mtu: nil, isAdvertised: false, metric: 0)
            ])
        #expect(validated(text, facts: facts).network == nil, "another host has the address")
        facts.addresses = [
            InterfaceAddress(
                interface: InterfaceIndex(2), bytes: bytes, prefixLength: length)
        ]
        let result = validated(text, facts: facts)
        #expect((result.network != nil) == isAccepted)
        let isLeased = bytes.count == 4 && isAccepted
        #expect(result.warnings.contains { $0.contains("is an address of eth0") } == isLeased)
        #expect(!isLeased || validated("LXC_DHCP=false", facts: facts).warnings.isEmpty)
    }

    @Test("Router advertisements follow DHCP, unless they are set")
    func advertisements() throws {
        #expect(try network().advertisesRouter)
        #expect(try !network("LXC_DHCP=false").advertisesRouter)
        #expect(try network("LXC_DHCP=false LXC_IPV6_RA=true").advertisesRouter)
        #expect(try !network("LXC_IPV6_RA=false").advertisesRouter)
        #expect(validated("LXC_DHCP=maybe").problems.count == 1)
    }

    @Test(
        "A forward is formatted as it was written",
        arguments: [
            "tcp:587=10.0.3.100:25", "udp:53=10.0.3.100", "tcp:8000-8010=10.0.3.7",
            "tcp:192.0.2.1:80=10.0.3.7:8080", "tcp:443=[fd00::7]:8443",
            "tcp:[2001:db8::1]:443=[fd00::7]",
        ])
    func forwards(text: String) throws {
        #expect(try Forward(text).description == text)
    }

    @Test(
        "A netmask is valid if its ones precede its zeros",
        arguments: [
            ("255.255.255.0", 24), ("0.0.0.0", 0), ("255.255.255.255", 32), ("255.0.255.0", nil),
            ("255.255.255.1", nil), ("128.0.0.0", 1),
        ] as [(String, Int?)])
    func netmasks(text: String, length: Int?) {
        #expect(IPv4Address(text)?.netmaskLength == length)
    }
}
