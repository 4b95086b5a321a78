import Linux
import Netlink
import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about what packets need")
struct PacketDecisions {
    @Test("only an arp_ignore that leaves all requests unanswered is a problem")
    func unansweredARP() {
        var facts = Facts.alices()
        func verdicts(_ bridge: Int, _ all: Int) -> [Finding.Verdict] {
            facts.packetPath.sysctls.arpIgnore = [
                .init(interface: "lxcbr0", value: bridge), .init(interface: "all", value: all),
            ]
            return NetworkSysctlsCheck.run(facts).map(\.verdict)
        }
        #expect(verdicts(0, 0) == [.ok])
        #expect(verdicts(2, 1) == [.ok])
        #expect(verdicts(8, 0) == [.problem])
        #expect(verdicts(0, 8) == [.problem])
    }

    @Test("a table of the kernel is reported before it is full")
    func fullTables() {
        var facts = Facts.alices()
        func verdicts(_ used: Int) -> [Finding.Verdict] {
            facts.packetPath.sysctls.connections = .init(
                used: used, limit: 100, key: "net.netfilter.nf_conntrack_max")
            return NetworkSysctlsCheck.run(facts).map(\.verdict)
        }
        #expect(verdicts(89) == [.ok])
        #expect(verdicts(90) == [.warning])
        #expect(verdicts(100) == [.problem])
    }

    @Test("a bridge with a spanning tree is reported only if its ports wait long")
    func spanningTree() throws {
        var facts = Facts.alices()
        var bridge = Interface(
            index: InterfaceIndex(2), name: try #require(InterfaceName(Array("lxcbr0".utf8))),
            kind: .bridge, mtu: 1500, address: nil, isUp: true, master: nil, isIsolated: false)
        func verdicts() -> [Finding.Verdict] {
            facts.network.interfaces = [bridge]
            return Bridge.run(facts).map(\.verdict)
        }
        #expect(verdicts() == [.ok])
        bridge.spanningTreeDelay = 100
        #expect(verdicts() == [.ok])
        bridge.spanningTreeDelay = 1500
        #expect(verdicts() == [.problem])
        bridge.spanningTreeDelay = nil
        bridge.usesARP = false
        #expect(verdicts() == [.problem])
        bridge.usesARP = true
        (bridge.isVLANAware, bridge.defaultVLAN) = (true, 1)
        #expect(verdicts() == [.ok])
        bridge.defaultVLAN = 0
        #expect(verdicts() == [.problem])
        // berth-nic puts the port into the VLAN of the line.
        facts.usernet.quotas[0].lines[0].vlan = 20
        facts.usernet.quotas[0].interface?.isVLANAware = true
        #expect(verdicts() == [.ok])
    }

    @Test("a rule is examined for the destination that it names")
    func ruleForDestination() {
        var path = PacketPathFacts()
        var rule = RoutingRule(isIPv6: false, priority: 9, action: .refuse(.prohibit))
        rule.target = .init(address: [10, 0, 3, 0], prefixLength: 24)
        path.rules = [rule]
        func obstacle(_ address: [UInt8]) -> RouteObstacle? {
            RouteObstacle.find(toward: address, from: nil, through: nil, path)
        }
        #expect(obstacle([10, 0, 3, 9]) != nil)
        #expect(obstacle([10, 0, 4, 9]) == nil)
    }

    @Test("the lines of a hosts file are counted with comments and empty lines")
    func hostsFile() {
        let text = "# comment\n\n127.0.0.1 localhost\n10.9.9.9\tWeb.alice.lxc web # old\n"
        #expect(
            HostsFileEntry.parse(Array(text.utf8)) == [
                HostsFileEntry(line: 3, address: "127.0.0.1", names: ["localhost"]),
                HostsFileEntry(line: 4, address: "10.9.9.9", names: ["web.alice.lxc", "web"]),
            ])
    }
}
