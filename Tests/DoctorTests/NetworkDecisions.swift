import Linux
import Netlink
import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about networks")
struct NetworkDecisions {
    @Test("packets that were dropped because of their source are counted")
    func droppedSources() {
        var facts = Facts.alices()
        facts.network.networks[0].droppedSources = 0
        #expect(Firewall.run(facts).map(\.verdict) == [.ok])
        facts.network.networks[0].droppedSources = 7
        let findings = Firewall.run(facts)
        #expect(findings.map(\.verdict) == [.ok, .warning])
        #expect(findings[1].message.hasPrefix("7 packets with a source address"))
    }

    @Test("a missing dnsmasq is reported only if the network needs it")
    func dnsmasq() {
        var facts = Facts.alices()
        facts.network.networks[0].dnsmasq = nil
        #expect(DNS.run(facts).map(\.verdict) == [.warning])
        facts.network.networks[0].needsDnsmasq = false
        facts.network.hasDnsmasq = false
        #expect(DNS.run(facts).map(\.verdict) == [.ok])
    }

    @Test("a dnsmasq that cannot answer is continued, thawed or restarted")
    func silentDnsmasq() {
        var facts = Facts.alices()
        facts.network.networks[0].leaseRange = 10
        func fixes(_ server: DnsmasqFacts) -> [Fix] {
            facts.packetPath.servers = ["lxcbr0": server]
            return DNS.run(facts).flatMap(\.fixes)
        }
        #expect(fixes(DnsmasqFacts(answersDNS: true)).isEmpty)
        #expect(fixes(DnsmasqFacts(isStopped: true)) == [.command("kill -CONT 10", by: .root)])
        #expect(
            fixes(DnsmasqFacts(isStopped: true, frozenCgroup: "/sys/fs/cgroup/a"))
                == [.command("echo 0 >/sys/fs/cgroup/a/cgroup.freeze", by: .root)])
        // A name that a shell would interpret is not pasted into a command.
        let strange = fixes(DnsmasqFacts(frozenCgroup: "/sys/fs/cgroup/$(id)"))
        #expect(strange.count == 1)
        guard case .advice = strange.first else { return #expect(Bool(false)) }
        let restart = [Fix.command("berth-net restart", by: .root)]
        #expect(fixes(DnsmasqFacts(isDHCPPortBound: false)) == restart)
        #expect(fixes(DnsmasqFacts(hasBoundDHCPPort: false)) == restart)
        #expect(fixes(DnsmasqFacts(answersDNS: false)) == restart)
    }

    @Test("the fix proposes the whole network as the range of leases, if that helps")
    func leases() throws {
        var facts = Facts.alices()
        facts.network.networks[0].desired = try lxcbr0()
        facts.network.networks[0].settingsFile = "/etc/default/lxc-net"
        func finding(_ used: Int?, of size: Int) -> Finding? {
            facts.network.networks[0].leaseRange = size
            facts.network.networks[0].leasesInRange = used
            return LeasesLeft.run(facts).first
        }
        #expect(finding(nil, of: 2)?.verdict == .unknown)
        #expect(finding(1, of: 2)?.verdict == .ok)
        #expect(finding(9, of: 10)?.verdict == .warning)
        #expect(
            finding(2, of: 2)?.message
                == "all 2 addresses are leased, so a new container gets none")
        #expect(
            finding(1, of: 1)?.message
                == "the only address is leased, so a new container gets none")
        #expect(
            finding(2, of: 2)?.fixes == [
                .line(
                    #"LXC_DHCP_RANGE="10.0.3.2,10.0.3.254""#, to: "/etc/default/lxc-net",
                    by: .root),
                .line(#"LXC_DHCP_MAX="253""#, to: "/etc/default/lxc-net", by: .root),
                .command("berth-net reload", by: .root),
            ])
        // All addresses are in the range already.
        guard case .advice? = finding(253, of: 253)?.fixes.first else {
            return #expect(Bool(false))
        }
    }

    @Test("a route or a rule that refuses packets is found in the order of the rules")
    func obstacles() {
        var path = PacketPathFacts()
        let container: [UInt8] = [10, 0, 3, 2]
        let outside: [UInt8] = [198, 41, 0, 4]
        func found() -> [Fix]? {
            RouteObstacle.find(
                toward: outside, from: container, through: "lxcbr0", path)?.fixes
        }
        path.rules = [RoutingRule(isIPv6: false, priority: 32766, action: .lookUp(table: 254))]
        #expect(found() == nil)
        path.refusingRoutes = [
            RefusingRoute(.unreachable, to: [0, 0, 0, 0], prefixLength: 0, metric: 7),
            RefusingRoute(.blackhole, to: [198, 41, 0, 0], prefixLength: 16),
            RefusingRoute(.prohibit, to: [10, 0, 3, 0], prefixLength: 24),
        ]
        #expect(found() == [.command("ip route del blackhole 198.41.0.0/16", by: .root)])
        var rule = RoutingRule(isIPv6: false, priority: 9, action: .refuse(.prohibit))
        rule.incoming = Array("lxcbr0".utf8)
        path.rules.append(rule)
        #expect(found() == [.command("ip rule del priority 9", by: .root)])
        path.rules[1].incoming = Array("lxcbr1".utf8)
        path.rules[1].source = .init(address: [10, 0, 3, 0], prefixLength: 24)
        path.refusingRoutes.removeAll()
        #expect(found() == nil)
        path.rules[1].incoming = []
        #expect(found()?.count == 1)
        path.rules[1].isOfProtocol = true
        #expect(found()?.count == 1)
        path.rules[1].hasOtherConditions = true
        #expect(found() == nil)
    }

    @Test("another MTU of the bridge is reported only if it is too small for IPv6")
    func size() {
        var facts = Facts.alices()
        facts.network.networks[0].state = .incomplete
        facts.network.networks[0].missing = ["~ lxcbr0: MTU 1400 becomes 1500"]
        func verdicts(_ mtu: UInt32, _ differsOnlyInSize: Bool) -> [Finding.Verdict] {
            facts.network.networks[0].mtu = mtu
            facts.network.networks[0].differsOnlyInSize = differsOnlyInSize
            return NetworkSettings.run(facts).map(\.verdict)
        }
        #expect(verdicts(1400, true) == [])
        #expect(verdicts(1279, true) == [.warning])
        #expect(verdicts(1400, false) == [.problem])
    }

    @Test("berth-net attaches a NIC again if it can restore the options")
    func unattachedNIC() {
        var facts = Facts.alices()
        var nic = ContainerNICFacts(port: "veth1000_aaaa", user: facts.target.user)
        nic.container = "web"
        nic.attachedTo = "lxcbr0"
        func fixes() -> [Fix] {
            facts.packetPath.nics = [nic]
            return NICs.run(facts).flatMap(\.fixes)
        }
        #expect(fixes().isEmpty)
        nic.attachedTo = nil
        let direct = [Fix.command("ip link set veth1000_aaaa master lxcbr0", by: .root)]
        #expect(fixes() == direct)
        (nic.hasGrant, facts.network.networks[0].isMade) = (true, true)
        #expect(fixes() == [.command("berth-net reload", by: .root)])
        nic.hasGrant = false
        facts.usernet.quotas[0].lines[0].options = ["isolated"]
        guard case .advice? = fixes().first else { return #expect(Bool(false)) }
        // The container of another user is not examined.
        nic = ContainerNICFacts(port: "veth1001_aaaa", user: UserID(1001))
        #expect(fixes().isEmpty)
    }

    @Test("a command in a container is printed only if the names in it are safe")
    func commandInside() {
        var facts = Facts.alices()
        var nic = ContainerNICFacts(port: "veth1000_aaaa", user: facts.target.user)
        nic.attachedTo = "lxcbr0"
        func fixes(_ container: UntrustedText, _ name: UntrustedText) -> [Fix] {
            nic.container = container
            nic.inside = .init(name: name, isUp: false)
            facts.packetPath.nics = [nic]
            return NICs.run(facts).flatMap(\.fixes)
        }
        #expect(
            fixes("web", "eth0") == [
                .command("lxc-attach -n web -- ip link set eth0 up", by: .user),
                .advice("write lxc.net.0.flags = up in /etc/lxc/default.conf"),
            ])
        for (container, name) in [
            ("web;id", "eth0"), ("web", "eth0;id"), ("$(id)", "eth0"), ("web", "a b"),
        ] as [(UntrustedText, UntrustedText)] {
            guard case .advice? = fixes(container, name).first else {
                return #expect(Bool(false), "\(container.quoted) \(name.quoted)")
            }
        }
    }

    private func lxcbr0() throws -> DesiredNetwork {
        var reader = ShellSettings(file: "/etc/default/lxc-net") { _ in nil }
        try reader.read("/etc/default/lxc-net")
        var files = SettingsFiles()
        files.networks = [reader.settings]
        var network = try #require(DesiredState(files, HostFacts()).networks.first)
        network.dhcp.first = IPv4Address(number: 0x0a00_0302)
        network.dhcp.last = IPv4Address(number: 0x0a00_0303)
        network.dhcp.maximum = 2
        return network
    }
}
