import Identity
import Netlink
import Testing

@testable import Network

@Suite("A network in a LAN")
struct UplinkTests {
    private static let settings = ["accept_ra", "autoconf"].map {
        "net/ipv6/conf/eth1/\($0)"
    }

    /// The state of the bridge and the uplink on the host.
    private func observed(
        _ network: DesiredNetwork, _ facts: HostFacts, _ record: Record.Entry? = nil
    ) -> ObservedNetwork {
        var observed = ObservedNetwork()
        observed.interface = facts.interface(named: network.bridge)
        observed.uplinks = facts.observedUplinks(network, record)
        for position in observed.uplinks.indices {
            let uplink = observed.uplinks[position].uplink
            for name in [uplink.port, uplink.nic] where facts.interface(named: name) != nil {
                for path in Uplink.settings(of: name) {
                    observed.uplinks[position].kernel[path] = "1"
                }
            }
        }
        return observed
    }

    private func lines(_ changes: [Change]) -> [String] {
        changes.map(\.description).filter { $0.contains("uplink") || $0.contains("eth1") }
    }

    private func entry(
        _ network: DesiredNetwork, _ observed: ObservedNetwork, record: Record.Entry? = nil,
        after changes: [Change], isComplete: Bool = true
    ) -> Record.Entry {
        PlannedNetwork(
            desired: network, observed: observed, record: record, changes: changes, dnsPort: 0
        ).entry(after: changes, isComplete: isComplete)
    }

    @Test("A NIC that is down is attached, and then set up, after the bridge and its rules")
    func attach() throws {
        let network = try LANHost.network()
        let facts = try LANHost.facts { $0.interfaces[2] = try LANHost.nic(up: false) }
        let before = observed(network, facts)
        let planner = Planner(HostCapabilities())
        let changes = planner.changes(to: network, from: before, record: nil)
        let all = changes.map(\.description)
        #expect(
            lines(changes) == [
                "~ lxcbr0: \(Self.settings[0]) of the uplink eth1, 1 becomes 0",
                "~ lxcbr0: \(Self.settings[1]) of the uplink eth1, 1 becomes 0",
                "+ lxcbr0: uplink eth1", "~ lxcbr0: link of the uplink eth1 is set up",
            ])
        let attached = try #require(all.firstIndex(of: "+ lxcbr0: uplink eth1"))
        #expect(all[..<attached].contains("+ lxcbr0: firewall table inet berth_lxcbr0"))
        #expect(all[..<attached].contains("+ lxcbr0: link is set up"))

        // stop undoes exactly that, the NIC first.
        let record = entry(network, before, after: changes)
        #expect(record.uplinks?.first?.links.first?.alterations.count == 3)
        let after = try LANHost.facts {
            $0.interfaces[2] = try LANHost.nic(master: 7)
            $0.interfaces.append(
                try interface("lxcbr0", index: 7, kind: .bridge))
        }
        var now = observed(network, after, record)
        for path in now.uplinks[0].kernel.keys { now.uplinks[0].kernel[path] = "0" }
        #expect(lines(planner.changes(to: network, from: now, record: record)).isEmpty)
        let removal = planner.removal(of: record, from: now)
        #expect(
            lines(removal) == [
                "- lxcbr0: uplink eth1", "~ lxcbr0: link of the uplink eth1 is set down",
                "~ lxcbr0: \(Self.settings[1]) of the uplink eth1, 0 becomes 1",
                "~ lxcbr0: \(Self.settings[0]) of the uplink eth1, 0 becomes 1",
            ])
        #expect(removal.first?.description == "- lxcbr0: uplink eth1")
        // A value that another program has changed since is not restored.
        now.uplinks[0].kernel["/proc/sys/net/ipv6/conf/eth1/accept_ra"] = "2"
        #expect(
            !lines(planner.removal(of: record, from: now)).contains { $0.contains("accept_ra") })
        // Another NIC of that name has none of these values.
        let replaced = try LANHost.facts { $0.interfaces[2] = try LANHost.nic(index: 12) }
        var records = Record()
        records.update(record)
        let kept = records.matching(replaced).networks[0].uplinks?[0]
        #expect(kept?.links == [] && kept?.isAttached == true)
    }

    @Test("The interface for a VLAN is created, and its NIC set up only if it is down")
    func vlan() throws {
        let network = try LANHost.network("LXC_UPLINK=eth1.100")
        let planner = Planner(HostCapabilities())
        let up = observed(network, try LANHost.facts())
        let changes = planner.changes(to: network, from: up, record: nil)
        #expect(
            lines(changes) == [
                "+ lxcbr0: interface eth1.100 for VLAN 100 of eth1", "+ lxcbr0: uplink eth1.100",
            ])
        let down = observed(
            network, try LANHost.facts { $0.interfaces[2] = try LANHost.nic(up: false) })
        let more = planner.changes(to: network, from: down, record: nil)
        #expect(
            lines(more).prefix(3) == [
                "~ lxcbr0: \(Self.settings[0]) of the uplink eth1, 1 becomes 0",
                "~ lxcbr0: \(Self.settings[1]) of the uplink eth1, 1 becomes 0",
                "~ lxcbr0: link of the uplink eth1 is set up",
            ])
        let record = entry(network, down, after: more)
        let after = try LANHost.facts {
            var vlan = try interface(
                "eth1.100", index: 9, kind: .vlan, master: 7)
            (vlan.vlan, vlan.peer, vlan.group) = (100, InterfaceIndex(3), Uplink.group)
            $0.interfaces.append(vlan)
            $0.interfaces.append(try interface("lxcbr0", index: 7, kind: .bridge))
        }
        var now = observed(network, after, record)
        for path in now.uplinks[0].kernel.keys { now.uplinks[0].kernel[path] = "0" }
        #expect(
            lines(planner.removal(of: record, from: now)).prefix(3) == [
                "- lxcbr0: uplink eth1.100", "- lxcbr0: interface eth1.100",
                "~ lxcbr0: link of the uplink eth1 is set down",
            ])
    }

    @Test("Another uplink takes the place of the former, which is recorded until it is released")
    func replaced() throws {
        let network = try LANHost.network()
        let other = try LANHost.network("LXC_UPLINK=eth1.100")
        let planner = Planner(HostCapabilities())
        let first = entry(
            network, observed(network, try LANHost.facts()), after: [])
        let facts = try LANHost.facts {
            $0.interfaces[2] = try LANHost.nic(master: 7)
            $0.interfaces.append(try interface("lxcbr0", index: 7, kind: .bridge))
        }
        let now = observed(other, facts, first)
        let changes = planner.changes(to: other, from: now, record: first)
        let text = lines(changes)
        #expect(text.first == "- lxcbr0: uplink eth1" && text.last == "+ lxcbr0: uplink eth1.100")
        // berth-net may be killed before the first change.
        let planned = entry(other, now, record: first, after: changes, isComplete: false)
        #expect(planned.uplinks?.map(\.uplink.port.description) == ["eth1", "eth1.100"])
        #expect(
            lines(planner.removal(of: planned, from: observed(other, facts, planned)))
                .contains("- lxcbr0: uplink eth1"))
        let done = entry(other, now, record: first, after: changes)
        #expect(done.uplinks?.map(\.uplink.port.description) == ["eth1.100"])
        // A change that failed is tried again.
        let plan = PlannedNetwork(
            desired: other, observed: now, record: first, changes: changes, dnsPort: 0)
        let failed = plan.entry(after: [], isComplete: true)
        #expect(failed.uplinks?.map(\.uplink.port.description) == ["eth1", "eth1.100"])
    }

    @Test("What the uplink loses is restored, unless it has a new owner")
    func restored() throws {
        let network = try LANHost.network()
        let planner = Planner(HostCapabilities())
        func changes(_ nic: Interface?, address: Bool = false) throws -> [String] {
            let facts = try LANHost.facts { facts in
                facts.interfaces.remove(at: 2)
                if let nic { facts.interfaces.append(nic) }
                facts.interfaces.append(try interface("lxcbr0", index: 7, kind: .bridge))
                if address {
                    facts.addresses.append(
                        InterfaceAddress(
                            interface: InterfaceIndex(3), bytes: [10, 1, 1, 1],
                            prefixLength: 24))
                }
            }
            var now = observed(network, facts)
            for path in now.uplinks[0].kernel.keys { now.uplinks[0].kernel[path] = "0" }
            return lines(planner.changes(to: network, from: now, record: nil))
        }
        #expect(try changes(try LANHost.nic(master: 7)).isEmpty)
        #expect(try changes(try LANHost.nic()) == ["+ lxcbr0: uplink eth1"])
        #expect(
            try changes(try LANHost.nic(up: false, master: 7)) == [
                "~ lxcbr0: link of the uplink eth1 is set up"
            ])
        var isolated = try interface("eth1", index: 3, kind: .noKind, master: 7, isolated: true)
        #expect(
            try changes(isolated) == [
                "~ lxcbr0: uplink eth1 is restored (isolated, learns no addresses)"
            ])
        isolated.learns = true
        #expect(
            try changes(isolated) == ["~ lxcbr0: uplink eth1 is restored (isolated)"])
        #expect(try changes(nil).isEmpty)
        #expect(try changes(try LANHost.nic(), address: true).isEmpty)
        #expect(try changes(try LANHost.nic(master: 2)).isEmpty)
    }

    @Test(
        "The uplink is not a container: it is not isolated, and stop still deletes the bridge")
    func noContainer() throws {
        let network = try LANHost.network("LXC_UPLINK=eth1 LXC_ISOLATE=true")
        var facts = try LANHost.facts {
            $0.interfaces[2] = try LANHost.nic(master: 7)
            $0.interfaces.append(try interface("lxcbr0", index: 7, kind: .bridge))
            $0.interfaces.append(try interface("veth1", index: 8, kind: .veth, master: 7))
        }
        #expect(facts.ports(of: network.bridge).map(\.description) == ["eth1", "veth1"])
        facts.note([network])
        #expect(facts.ports(of: network.bridge).map(\.description) == ["veth1"])
        #expect(facts.hostConnection(of: network.bridge, besides: "eth1") == nil)
    }

    @Test("Containers on a network that loses its uplink are named")
    func harm() throws {
        let former = try LANHost.network()
        var observed = ObservedNetwork()
        observed.interface = try interface("lxcbr0", index: 7, kind: .bridge)
        observed.ports = [try interface("veth1", index: 8, kind: .veth, master: 7)]
        let other = try LANHost.network("LXC_UPLINK=eth1.100")
        let warnings = HarmWarnings(desired: other, previous: former, observed: observed)
        #expect(warnings.sentences.contains { $0.contains("loses its uplink eth1") })
        #expect(
            HarmWarnings(desired: former, previous: former, observed: observed).sentences.isEmpty)
    }

    @Test("Only a network with an address makes this host a router")
    func forwarding() throws {
        let closed = try LANHost.network()
        #expect(HostPlan(for: [closed], ObservedHost(), .init()).enabling.isEmpty)
    }
}
