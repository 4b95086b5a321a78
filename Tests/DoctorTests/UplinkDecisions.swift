import Linux
import Netlink
import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about uplinks")
struct UplinkDecisions {
    /// A host on which lxcbr0 has the uplink eth1.
    private func facts(
        isAttached: Bool = true, isUp: Bool = true, hasCarrier: Bool = true
    ) throws -> Facts {
        var facts = Facts.alices()
        facts.network.networks[0].isMade = true
        facts.network.networks[0].uplink = UplinkStatus(
            port: "eth1", nic: "eth1", vlan: nil, isAttached: isAttached, isUp: isUp,
            hasCarrier: hasCarrier)
        facts.network.interfaces.append(
            Interface(
                index: InterfaceIndex(77),
                name: try #require(InterfaceName(Array("eth1".utf8))), kind: .noKind, mtu: 1500,
                address: nil, isUp: isUp, master: nil, isIsolated: false))
        return facts
    }

    @Test("an uplink that carries no frames is a problem")
    func broken() throws {
        #expect(UplinkCheck.run(try facts()).map(\.verdict) == [.ok])
        let carrier = UplinkCheck.run(try facts(hasCarrier: false))
        #expect(carrier.map(\.verdict) == [.problem])
        #expect(carrier[0].message.hasPrefix("it has no carrier"))
        let down = UplinkCheck.run(try facts(isUp: false, hasCarrier: false))
        #expect(down.map(\.verdict) == [.problem] && down[0].message.hasPrefix("it is down"))
        let detached = UplinkCheck.run(try facts(isAttached: false))
        #expect(detached[0].fixes == [.command("berth-net reload", by: .root)])
        var missing = try facts(isAttached: false)
        missing.network.networks[0].uplinkFault = "this host has no interface eth1: plug it in"
        #expect(UplinkCheck.run(missing)[0].message.contains("has no interface eth1"))
        // Another bridge, or an address, must release it first.
        var taken = missing
        let port = taken.network.interfaces.removeLast()
        taken.network.interfaces.append(
            Interface(
                index: port.index, name: try #require(port.name), kind: .noKind, mtu: 1500,
                address: nil,
                isUp: true, master: InterfaceIndex(99), isIsolated: false))
        taken.network.addresses.append(
            InterfaceAddress(
                interface: port.index, bytes: [192, 168, 7, 5], prefixLength: 24))
        #expect(
            UplinkCheck.run(taken)[0].fixes == [
                .command("ip link set eth1 nomaster", by: .root),
                .command("ip address del 192.168.7.5/24 dev eth1", by: .root),
                .command("berth-net reload", by: .root),
            ])
        // A network without an uplink is not examined.
        #expect(UplinkCheck.run(Facts.alices()).isEmpty)
    }

    @Test("an address that the uplink got later is named")
    func addressed() throws {
        var facts = try facts()
        facts.network.addresses.append(
            InterfaceAddress(
                interface: InterfaceIndex(77), bytes: [192, 168, 7, 5], prefixLength: 24))
        let findings = UplinkCheck.run(facts)
        #expect(findings.map(\.verdict) == [.warning])
        #expect(findings[0].message.hasPrefix("it has the address 192.168.7.5/24"))
        #expect(
            findings[0].fixes.first
                == .command("ip address del 192.168.7.5/24 dev eth1", by: .root))
    }

    @Test("a container whose hardware address is also behind the uplink is a problem")
    func duplicate() throws {
        let own = "b2:bf:00:00:00:01"
        func findings(_ seen: String, age: UInt32? = 100) throws -> [Finding] {
            var facts = try facts()
            let entry = ForwardingEntry(
                port: InterfaceIndex(77), address: try #require(MACAddress(text: seen.utf8)),
                isStatic: false, age: age)
            facts.network.networks[0].desired = try Facts.joined().network.networks[0].desired
            facts.packetPath.outsidePorts = OutsidePort.all(of: facts.network, [entry])
            var nic = ContainerNICFacts.container(mtu: 1500)
            (nic.hardwareAddress, nic.age) = (own, 6000)
            facts.packetPath.nics = [nic]
            return DuplicateAddresses.run(facts)
        }
        let twice = try findings(own)
        #expect(twice.map(\.verdict) == [.problem])
        #expect(twice.first?.message.contains("is also used behind eth1") == true)
        #expect(try findings("b2:bf:00:00:00:02").map(\.verdict) == [.ok])
        // It was seen there before the container was started here, or belongs to the host.
        #expect(try findings(own, age: 6100).map(\.verdict) == [.ok])
        #expect(try findings(own, age: nil).map(\.verdict) == [.ok])
    }

    @Test("a host of the LAN with a lease of this host is not reported")
    func leased() throws {
        let client = "02:00:00:00:00:20"
        var facts = try facts()
        var network = try #require(try Facts.joined().network.networks[0].desired)
        (network.tunnel, network.uplink) = (
            nil, Uplink(port: try #require(BridgeName("eth1")), vlan: nil)
        )
        facts.network.networks[0].desired = network
        let address = try #require(MACAddress(text: client.utf8))
        let entry = ForwardingEntry(
            port: InterfaceIndex(77), address: address, isStatic: false, age: 100)
        facts.packetPath.outsidePorts = OutsidePort.all(of: facts.network, [entry])
        facts.packetPath.bridgeNeighbors = [
            BridgeNeighbor(
                bridge: "lxcbr0", address: [10, 88, 1, 9], hardwareAddress: address,
                isExternal: false)
        ]
        func verdicts(_ leases: String) -> [Finding.Verdict] {
            facts.network.networks[0].granted = Leases.parse(Array(leases.utf8))
            return DuplicateAddresses.run(facts).map(\.verdict)
        }
        #expect(verdicts("0 \(client) 10.88.1.9 laptop *\n") == [.ok])
        #expect(verdicts("") == [.warning])
        #expect(verdicts("0 02:00:00:00:00:21 10.88.1.9 laptop *\n") == [.warning])
    }

    @Test("a bridge without an address is no fault in a LAN")
    func bridge() throws {
        var facts = Facts.alices()
        facts.network.networks[0].isMade = true
        facts.usernet.quotas[0].interface?.addresses = []
        facts.network.networks[0].desired = try Facts.joined().network.networks[0].desired
        #expect(Bridge.run(facts).contains { $0.message.contains("has no address") })
        let uplink = Uplink(port: try #require(BridgeName("eth1")), vlan: nil)
        facts.network.networks[0].desired?.uplink = uplink
        facts.network.networks[0].desired?.ipv4 = nil
        facts.network.networks[0].desired?.ipv6 = nil
        #expect(Bridge.run(facts).map(\.verdict) == [.ok])
    }
}
