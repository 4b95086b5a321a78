import Linux
import Netlink
import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about the host's own interfaces, tables and files")
struct HostPathDecisions {
    @Test("invisible characters are found in lines that programs read")
    func invisibleText() {
        func found(_ text: String) -> [Int] {
            TextFault.all(in: "/etc/lxc/lxc-usernet", Array(text.utf8)).map(\.line)
        }
        #expect(found("alice veth lxcbr0 10\r\n# \u{a0}\nbob\tveth lxcbr0 1 # \u{201c}\n").isEmpty)
        #expect(found("\u{feff}alice veth lxcbr0 10\n") == [1])
        #expect(found("\u{feff}# a comment\n") == [1])
        #expect(found("bob veth lxcbr0 1\nalice\u{a0}veth lxcbr0 10\n") == [2])
        #expect(found("alice veth lxcbr0 10\u{200b}\n") == [1])
        #expect(found("j\u{f6}rg veth lxcbr0 10\n").isEmpty)
        #expect(
            TextFault.all(in: "/etc/default/lxc", [0xff, 0xfe, 0x41, 0, 0x0a, 0]).count == 1)
    }

    @Test("a line with such a character is a problem only for the user whom it names")
    func invisibleTextOfOthers() {
        var facts = Facts.alices()
        func verdict(_ text: String) -> Finding.Verdict? {
            facts.textFaults = TextFault.all(in: "/etc/lxc/lxc-usernet", Array(text.utf8))
            return FileText.run(facts).first?.verdict
        }
        #expect(verdict("alice veth lxcbr0 10\n") == .ok)
        #expect(verdict("\u{feff}alice veth lxcbr0 10\n") == .problem)
        #expect(verdict("\u{feff}bob veth lxcbr0 10\n") == .warning)
        #expect(verdict("\u{feff}# alice\n") == .ok)
    }

    private static func facts() -> Facts {
        var facts = Facts.alices()
        var nic = ContainerNICFacts(port: "veth1000_1", user: UserID(1000))
        nic.attachedTo = "lxcbr0"
        nic.inside = .init(
            name: "eth0", hardwareAddress: "b2:bf:00:00:00:01", addresses: [[10, 0, 3, 9]])
        facts.packetPath.nics = [nic]
        return facts
    }

    @Test("permanent entries are reported if they contradict a container")
    func permanentEntries() {
        var facts = Self.facts()
        func verdict(_ interface: String, _ last: UInt8, _ address: String) -> Finding.Verdict? {
            facts.packetPath.permanentNeighbors = [
                .init(interface: interface, address: [10, 0, 3, last], hardwareAddress: address)
            ]
            return Neighbors.run(facts).first?.verdict
        }
        #expect(verdict("lxcbr0", 9, "00:16:3e:00:00:01") == .problem)
        #expect(verdict("lxcbr0", 9, "b2:bf:00:00:00:01") == .ok)
        #expect(verdict("lxcbr0", 8, "00:16:3e:00:00:01") == .ok)
        #expect(verdict("eth0", 9, "00:16:3e:00:00:01") == .ok)
        facts.packetPath.permanentNeighbors = []
        func forwarding(_ port: String) -> Finding.Verdict? {
            facts.packetPath.staticForwarding = [
                .init(bridge: "lxcbr0", port: port, hardwareAddress: "b2:bf:00:00:00:01")
            ]
            return Neighbors.run(facts).first?.verdict
        }
        #expect(forwarding("veth1000_2") == .problem)
        #expect(forwarding("veth1000_1") == .ok)
    }

    @Test("a queueing discipline is reported if it drops what a container needs")
    func disciplines() {
        var facts = Self.facts()
        func verdict(
            on interface: String = "lxcbr0", _ kind: String,
            _ change: (inout QueueingDiscipline) -> Void
        ) -> Finding.Verdict? {
            var discipline = QueueingDiscipline(interface: InterfaceIndex(2), kind: kind)
            change(&discipline)
            facts.packetPath.trafficControl.disciplines = [
                .init(interface: interface, mtu: 1500, discipline: discipline)
            ]
            return TrafficControlCheck.run(facts).first?.verdict
        }
        #expect(verdict("tbf") { $0.largestFrame = 1000 } == .problem)
        #expect(verdict("tbf") { $0.largestFrame = 1514 } == .ok)
        #expect(verdict(on: "eth9", "tbf") { $0.largestFrame = 1000 } == .ok)
        #expect(verdict("netem") { $0.loss = 0.3 } == .problem)
        #expect(verdict("netem") { $0.delay = 20 } == .ok)
        #expect(verdict("netem") { $0.delay = 300 } == .warning)
        #expect(verdict("hfsc") { ($0.sent, $0.dropped) = (10, 90) } == .warning)
        #expect(verdict("fq_codel") { ($0.sent, $0.dropped) = (900, 90) } == .ok)
    }

    @Test("an interface that this host uses is reported if it is a port of a container bridge")
    func ports() throws {
        var facts = Facts.alices()
        func interface(_ index: Int32, _ name: String, _ kind: LinkKind, on master: Int32?) throws
            -> Interface
        {
            Interface(
                index: InterfaceIndex(index), name: try #require(InterfaceName(Array(name.utf8))),
                kind: kind, mtu: 1500, address: nil, isUp: true,
                master: master.map { InterfaceIndex($0) }, isIsolated: false)
        }
        facts.network.interfaces = [
            try interface(2, "lxcbr0", .bridge, on: nil), try interface(3, "up0", .veth, on: 2),
        ]
        #expect(Bridge.run(facts).map(\.verdict) == [.ok])
        facts.network.routes = [
            Route(
                destination: [0, 0, 0, 0], prefixLength: 0, interface: InterfaceIndex(3),
                isConnected: false, mtu: nil, isAdvertised: false, metric: 0)
        ]
        #expect(
            Bridge.run(facts).flatMap(\.fixes)
                == [.command("ip link set up0 nomaster", by: .root)])
        facts.network.routes[0] = Route(
            destination: [0, 0, 0, 0], prefixLength: 0, interface: InterfaceIndex(2),
            isConnected: false, mtu: nil, isAdvertised: false, metric: 0)
        #expect(Bridge.run(facts).map(\.verdict) == [.ok])
    }

    @Test("name servers of other hosts are reported if none answers")
    func nameServers() {
        var facts = Facts.alices()
        facts.packetPath.routes["lxcbr0"] = []
        func verdicts(_ answers: Bool...) -> [Finding.Verdict] {
            facts.packetPath.nameServers = answers.map {
                NameServerFacts(address: "192.0.2.53", answers: $0, refusal: .ENETUNREACH)
            }
            return NameServers.run(facts).map(\.verdict)
        }
        #expect(verdicts(true) == [.ok])
        #expect(verdicts(false, true) == [.ok])
        facts.packetPath.nameServers = [
            NameServerFacts(
                address: "192.0.2.53", answers: false,
                drops: [
                    DroppedQuery(
                        family: "ip", table: "filter", chain: "OUTPUT", isLegacy: false,
                        drop: .policy, isAnswer: false)
                ])
        ]
        #expect(NameServers.run(facts).map(\.verdict) == [.warning])
        facts.network.networks[0].addresses = ["10.0.3.1/24"]
        facts.packetPath.nameServers = [NameServerFacts(address: "10.0.3.1", answers: true)]
        #expect(NameServers.run(facts).map(\.verdict) == [.warning])
        #expect(NameServers.run(facts)[0].message.contains("the address of lxcbr0"))
        facts.packetPath.nameServers = []
        facts.packetPath.resolvConf.danglingTarget = "/run/none"
        #expect(NameServers.run(facts).first?.message.contains("/run/none") ?? false)
        facts.packetPath.resolvConf.danglingTarget = nil
        facts.packetPath.resolvConf.isReadableByAll = false
        #expect(
            NameServers.run(facts).flatMap(\.fixes)
                == [.command("chmod a+r /etc/resolv.conf", by: .root)])
        #expect(
            ResolvConfFacts.invalidLines(
                in: Array("nameserver 1.1.1.1\nnameservers 9.9.9.9 8.8.8.8\nnameserver dns\n".utf8))
                == [2, 3])
    }

    @Test("a setting that a later line replaces is reported, unless the later one contains it")
    func settingsTwice() {
        func replaced(_ lines: (String, String, Int)...) -> [Int] {
            var settings = Settings(file: "/etc/default/lxc-net")
            for (file, value, line) in lines {
                settings.assign(
                    "LXC_DHCP_HOSTS", value, at: SettingLocation(file: file, line: line))
            }
            return settings.replaced.map(\.former.line)
        }
        let file = "/etc/default/lxc-net"
        #expect(replaced((file, "a,10.0.3.9", 2), (file, "b,10.0.3.10", 5)) == [2])
        #expect(replaced((file, "a,10.0.3.9", 2), (file, "a,10.0.3.9 b,10.0.3.10", 5)).isEmpty)
        #expect(replaced((file, "a,10.0.3.9", 2), ("/etc/default/lxc", "b,10.0.3.10", 5)).isEmpty)
        #expect(replaced((file, "", 2), (file, "b,10.0.3.10", 5)).isEmpty)
    }

    @Test("LXC's own helper is reported if a setting needs berth-nic")
    func stockHelper() {
        var facts = Facts.alices()
        facts.helpers[0].isBerthNIC = false
        #expect(Helper.run(facts).map(\.verdict) == [.ok])
        facts.usernet.quotas[0].lines[0].options = ["macfilter"]
        #expect(Helper.run(facts).map(\.verdict) == [.warning])
        facts.helpers = []
        facts.installation.danglingHelper = "/usr/local/libexec/berth/berth-nic"
        #expect(Helper.run(facts).first?.message.contains("is a link to") ?? false)
    }

    @Test("a bridge that is a port itself, and a program that locks the ledger, are reported")
    func attachedBridge() throws {
        var facts = Facts.alices()
        func interface(_ index: Int32, _ name: String, on master: Int32?) throws -> Interface {
            Interface(
                index: InterfaceIndex(index), name: try #require(InterfaceName(Array(name.utf8))),
                kind: .bridge, mtu: 1500, address: nil, isUp: true,
                master: master.map { InterfaceIndex($0) }, isIsolated: false)
        }
        facts.network.interfaces = [
            try interface(2, "lxcbr0", on: 5), try interface(5, "vrf1", on: nil),
        ]
        #expect(
            Bridge.run(facts).flatMap(\.fixes)
                == [.command("ip link set lxcbr0 nomaster", by: .root)])
        #expect(StateFiles.run(facts).map(\.verdict) == [.ok])
        facts.installation.ledger.locker = "python3 (process 12)"
        #expect(StateFiles.run(facts).map(\.verdict) == [.problem])
    }
}
