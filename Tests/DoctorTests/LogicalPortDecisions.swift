import Linux
import Network
import Testing

@testable import Doctor

/// Findings about NICs on the integration bridge of OVN.
@Suite
struct LogicalPortDecisions {
    private func facts(
        _ port: OVNBridge.Port?, on bridge: String = "br-int", isOVN: Bool = true
    ) -> Facts {
        var facts = Facts.alices()
        var nic = ContainerNICFacts(port: "veth1000_aaaa", user: facts.target.user)
        (nic.container, nic.bridge) = ("web", bridge)
        nic.inside = .init(name: "eth0")
        nic.inside?.hardwareAddress = "b2:bf:01:02:03:04"
        facts.packetPath.nics = [nic]
        let ports = port.map { ["veth1000_aaaa": $0] } ?? [:]
        facts.network.ovn = isOVN ? OVNBridge(name: "br-int", ports: ports) : nil
        return facts
    }

    private func advice(_ name: String) -> [String] {
        LogicalPorts.run(facts(.init(logicalPort: name, isBound: false))).flatMap(\.fixes)
            .compactMap { fix in
                guard case .advice(let text) = fix else { return nil }
                return text
            }
    }

    @Test("a logical port that OVN has not bound is a problem")
    func unbound() {
        let port = OVNBridge.Port(logicalPort: "berth-1000-web-0", isBound: false)
        let findings = LogicalPorts.run(facts(port))
        #expect(findings.map(\.verdict) == [.problem])
        #expect(
            findings[0].message.hasPrefix(
                "OVN has not bound the logical port berth-1000-web-0 to the NIC"))
        let steps = advice("berth-1000-web-0")
        #expect(steps.count == 2)
        #expect(
            steps[0].hasSuffix(
                "run ovn-nbctl lsp-add SWITCH berth-1000-web-0 -- lsp-set-addresses "
                    + "berth-1000-web-0 \"b2:bf:01:02:03:04 dynamic\""), "\(steps)")
        #expect(advice("berth-1000-a%20b-0")[0].contains("lsp-add SWITCH berth-1000-a%20b-0 "))
    }

    @Test("a name that root wrote, and that is not safe in a shell, is not part of a command")
    func unsafe() {
        for name in ["a b", "$(id)", "-x", "a;id", "", String(repeating: "a", count: 300)] {
            #expect(!advice(name)[0].contains("SWITCH "), "\(name)")
        }
    }

    @Test("a bound port is ok, and a NIC of an earlier version, which names no port, is a problem")
    func others() {
        let bound = OVNBridge.Port(logicalPort: "berth-1000-web-0", isBound: true)
        #expect(LogicalPorts.run(facts(bound)).map(\.verdict) == [.ok])
        let old = LogicalPorts.run(facts(.init(logicalPort: nil, isBound: false)))
        #expect(old.map(\.verdict) == [.problem])
        #expect(old[0].fixes == [.advice("stop the container, and start it again")])
    }

    @Test("NICs on a bridge that OVN does not manage are not reported")
    func plain() {
        let unbound = OVNBridge.Port(logicalPort: "berth-1000-web-0", isBound: false)
        #expect(LogicalPorts.run(facts(unbound, on: "ovs0")).isEmpty)
        #expect(LogicalPorts.run(facts(unbound, isOVN: false)).isEmpty)
        #expect(LogicalPorts.run(facts(nil)).isEmpty)
    }
}
