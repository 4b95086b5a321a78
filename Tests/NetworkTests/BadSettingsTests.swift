import Netlink
import Network
import Testing

@Suite("Invalid settings are refused with file, line and variable")
struct BadSettingsTests {
    @Test(arguments: [
        ("USE_LXC_BRIDGE=maybe", "USE_LXC_BRIDGE"),
        ("LXC_BRIDGE=this-name-is-too-long", "LXC_BRIDGE"),
        ("LXC_BRIDGE=a/b", "LXC_BRIDGE"),
        ("LXC_BRIDGE=0br", "LXC_BRIDGE"),
        ("LXC_BRIDGE='lxc br'", "LXC_BRIDGE"),
        ("LXC_BRIDGE=eth0", "LXC_BRIDGE"),
        ("LXC_BRIDGE=all", "LXC_BRIDGE"),
        ("LXC_BRIDGE=default", "LXC_BRIDGE"),
        ("LXC_BRIDGE_MAC=10:66:6a:00:00", "LXC_BRIDGE_MAC"),
        ("LXC_BRIDGE_MAC=11:66:6a:00:00:00", "LXC_BRIDGE_MAC"),
        ("LXC_BRIDGE_MAC=00:00:00:00:00:00", "LXC_BRIDGE_MAC"),
        ("LXC_BRIDGE_MAC=10:66:6a:00:00:zz", "LXC_BRIDGE_MAC"),
        ("LXC_BRIDGE_MTU=9", "LXC_BRIDGE_MTU"),
        ("LXC_BRIDGE_MTU=1000", "LXC_BRIDGE_MTU"),
        ("LXC_BRIDGE_MTU=70000", "LXC_BRIDGE_MTU"),
        ("LXC_BRIDGE_MTU=15oo", "LXC_BRIDGE_MTU"),
        ("LXC_ADDR=10.0.3", "LXC_ADDR"),
        ("LXC_ADDR=10.0.3.0", "LXC_ADDR"),
        ("LXC_ADDR=10.0.3.255", "LXC_ADDR"),
        ("LXC_ADDR=10.0.4.1 LXC_NETWORK=10.0.3.0/24", "LXC_ADDR"),
        ("LXC_ADDR=127.0.0.1", "LXC_ADDR"),
        ("LXC_ADDR=224.0.0.1", "LXC_ADDR"),
        ("LXC_NETMASK=255.0.255.0", "LXC_NETMASK"),
        ("LXC_NETMASK=24", "LXC_NETMASK"),
        ("LXC_NETMASK=255.255.255.254", "LXC_NETMASK"),
        ("LXC_NETMASK=255.255.0.0 LXC_NETWORK=10.0.3.0/24", "LXC_NETMASK"),
        ("LXC_NETWORK=10.0.3.1/24", "LXC_NETWORK"),
        ("LXC_NETWORK=10.0.3.0", "LXC_NETWORK"),
        ("LXC_NETWORK=10.0.3.0/33", "LXC_NETWORK"),
        ("LXC_NETWORK=10.0.3.0/31", "LXC_NETWORK"),
        ("LXC_NETWORK=192.0.2.0/24", "LXC_NETWORK"),
        ("LXC_NETWORK=auto LXC_ADDR=10.0.3.1", "LXC_ADDR"),
        ("LXC_DHCP_RANGE=10.0.3.2", "LXC_DHCP_RANGE"),
        ("LXC_DHCP_RANGE=10.0.3.9,10.0.3.2", "LXC_DHCP_RANGE"),
        ("LXC_DHCP_RANGE=10.0.3.2,10.0.4.9", "LXC_DHCP_RANGE"),
        ("LXC_DHCP_RANGE=10.0.3.0,10.0.3.9", "LXC_DHCP_RANGE"),
        ("LXC_DHCP_RANGE=10.0.3.1,10.0.3.1", "LXC_DHCP_RANGE"),
        ("LXC_DHCP_RANGE=10.0.3.2,10.0.3.9,soon", "LXC_DHCP_RANGE"),
        ("LXC_DHCP_MAX=none", "LXC_DHCP_MAX"),
        ("LXC_DHCP_MAX=0", "LXC_DHCP_MAX"),
        ("LXC_DHCP_CONFILE=dnsmasq.conf", "LXC_DHCP_CONFILE"),
        ("LXC_DHCP_CONFILE=/nowhere", "LXC_DHCP_CONFILE"),
        ("LXC_DHCP_CONFILE='/a\nb'", "LXC_DHCP_CONFILE"),
        ("LXC_DHCP_PING=2", "LXC_DHCP_PING"),
        ("LXC_DOMAIN='l xc'", "LXC_DOMAIN"),
        ("LXC_DOMAIN=-lxc", "LXC_DOMAIN"),
        ("LXC_DNS_PORT=65536", "LXC_DNS_PORT"),
        ("LXC_DNS_PORT=dns", "LXC_DNS_PORT"),
        ("LXC_USE_NFT=nft", "LXC_USE_NFT"),
        ("LXC_IPV6_ENABLE=ipv6", "LXC_IPV6_ENABLE"),
        ("LXC_IPV6_ADDR=fe80::1", "LXC_IPV6_ADDR"),
        ("LXC_IPV6_ADDR=ff02::1", "LXC_IPV6_ADDR"),
        ("LXC_IPV6_ADDR=::1", "LXC_IPV6_ADDR"),
        ("LXC_IPV6_ADDR=10.0.3.1", "LXC_IPV6_ADDR"),
        ("LXC_IPV6_ADDR=fd01::1 LXC_IPV6_NETWORK=fd02::/64", "LXC_IPV6_ADDR"),
        ("LXC_IPV6_MASK=128", "LXC_IPV6_MASK"),
        ("LXC_IPV6_MASK=48 LXC_IPV6_NETWORK=fd02::/64", "LXC_IPV6_MASK"),
        ("LXC_IPV6_NETWORK=fd02::1/64", "LXC_IPV6_NETWORK"),
        ("LXC_IPV6_NETWORK=fd02::/127", "LXC_IPV6_NETWORK"),
        ("LXC_IPV6_NETWORK=2001:db8::/64", "LXC_IPV6_NETWORK"),
        ("LXC_IPV6_PREFIX=fd", "LXC_IPV6_PREFIX"),
        ("LXC_IPV6_PREFIX=fd02::1", "LXC_IPV6_PREFIX"),
        ("LXC_IPV6_NAT=sometimes", "LXC_IPV6_NAT"),
        ("LXC_IPV6_RA=on", "LXC_IPV6_RA"),
        ("LXC_ISOLATE=1", "LXC_ISOLATE"),
        ("LXC_NAT=0", "LXC_NAT"),
        ("LXC_NAT_EXCEPT=10.88.0.0/12", "LXC_NAT_EXCEPT"),
        ("LXC_NAT_EXCEPT=10.88.0.0", "LXC_NAT_EXCEPT"),
        ("LXC_NAT_EXCEPT=0.0.0.0/0", "LXC_NAT_EXCEPT"),
        ("LXC_NAT_EXCEPT=::/0", "LXC_NAT_EXCEPT"),
        ("LXC_NAT_EXCEPT='10.80.0.0/12 10.88.1.0/24'", "LXC_NAT_EXCEPT"),
        ("LXC_ROUTED_FROM=lxcbr0", "LXC_ROUTED_FROM"),
        ("LXC_ROUTED_FROM=lo", "LXC_ROUTED_FROM"),
        ("LXC_ROUTED_FROM=eth+", "LXC_ROUTED_FROM"),
        ("LXC_ROUTED_FROM='eth1 eth1'", "LXC_ROUTED_FROM"),
        ("LXC_FIREWALL_FOREIGN=docker", "LXC_FIREWALL_FOREIGN"),
        ("LXC_FORWARDS=587", "LXC_FORWARDS"),
        ("LXC_FORWARDS=sctp:587=10.0.3.100:587", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:0=10.0.3.100:587", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:587=10.0.4.100:587", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:587=10.0.3.1:587", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:9-8=10.0.3.100", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:8-9=10.0.3.100:8", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:587=fd02::9:587", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:587=[fd02::9]:587", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:[fd02::1]:587=10.0.3.9:587", "LXC_FORWARDS"),
        ("LXC_FORWARDS='tcp:5=10.0.3.9:5 tcp:4-6=10.0.3.8'", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:127.0.0.1:80=10.0.3.9:80", "LXC_FORWARDS"),
        ("LXC_FORWARDS=tcp:0.0.0.0:80=10.0.3.9:80", "LXC_FORWARDS"),
        ("LXC_FORWARDS=udp:224.0.0.251:5353=10.0.3.9", "LXC_FORWARDS"),
        ("LXC_IPV6_ADDR=fd02::1 LXC_FORWARDS=tcp:[::1]:80=[fd02::9]", "LXC_FORWARDS"),
        ("LXC_DHCP_HOSTS=ignore,10.0.3.9", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS=12h,10.0.3.9", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS=aa:bb:cc:00:00:02,10.0.3.9,42", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS='web,10.0.3.8 WEB,10.0.3.9'", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS=10.0.3.9", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS=web,10.0.4.9", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS=web,10.0.3.1", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS=w_b,10.0.3.9", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS=01:00:5e:00:00:01,10.0.3.9", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS='a,10.0.3.9 b,10.0.3.9'", "LXC_DHCP_HOSTS"),
        ("LXC_DHCP_HOSTS='a,10.0.3.8 a,10.0.3.9'", "LXC_DHCP_HOSTS"),
    ])
    func refused(line: String, variable: String) throws {
        let outside = Route(
            destination: [192, 0, 2, 0], prefixLength: 24, interface: InterfaceIndex(2),
            isConnected: true, mtu: nil, isAdvertised: false, metric: 0)
        let outside6 = Route(
            destination: [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 12),
            prefixLength: 64, interface: InterfaceIndex(2), isConnected: true, mtu: nil,
            isAdvertised: false, metric: 0)
        let facts = HostFacts(
            interfaces: [try interface("eth0", index: 2)], routes: [outside, outside6],
            fileExists: { $0 != "/nowhere" })
        let result = validated("# one\n\(line)\n", facts: facts)
        #expect(result.network == nil)
        #expect(result.problems.map(\.variable) == [variable])
        let problem = try #require(result.problems.first)
        #expect(problem.place == SettingLocation(file: "/etc/default/lxc-net", line: 2))
        #expect("\(problem)".hasPrefix("/etc/default/lxc-net:2: \(variable): "))
    }

    @Test("All errors are reported at once")
    func together() {
        let problems = validated("LXC_NAT=0\nLXC_ADDR=x\nLXC_DNS_PORT=x\nLXC_IPV6_MASK=x").problems
        #expect(problems.map(\.place?.line).sorted { ($0 ?? 0) < ($1 ?? 0) } == [1, 2, 3, 4])
    }

    @Test("An automatic range avoids the ranges of all other networks")
    func automaticLast() throws {
        var files = SettingsFiles()
        files.networks = [
            try settings("LXC_NETWORK=auto"),
            try settings("LXC_BRIDGE=br1 LXC_NETWORK=10.0.3.0/24", file: "/etc/lxc/net.d/a.conf"),
        ]
        let wanted = DesiredState(files, HostFacts())
        #expect(wanted.problems.isEmpty)
        #expect(wanted.networks.map(\.bridge.description) == ["lxcbr0", "br1"])
        #expect(wanted.networks.first?.ipv4?.network.description == "10.0.4.0/24")
    }

    @Test("Networks need different bridges and ranges")
    func furtherNetworks() throws {
        var files = SettingsFiles()
        files.networks = [
            try settings(""), try settings("LXC_ADDR=10.9.9.1", file: "/etc/lxc/net.d/a.conf"),
            try settings("LXC_BRIDGE=br1", file: "/etc/lxc/net.d/b.conf"),
            try settings(
                "LXC_BRIDGE=br2 LXC_ADDR=10.8.8.1", file: "/etc/lxc/net.d/c.conf"),
        ]
        let wanted = DesiredState(files, HostFacts())
        #expect(wanted.problems.map(\.variable) == ["LXC_BRIDGE", "LXC_NETWORK"])
        #expect(wanted.networks.last?.bridge.description == "br2")
    }
}
