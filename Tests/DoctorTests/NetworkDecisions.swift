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
        #expect(findings[1].message.hasPrefix("7 packets were dropped"))
    }

    @Test("dnsmasq is missed only where it has something to serve")
    func dnsmasq() {
        var facts = Facts.alices()
        facts.network.networks[0].dnsmasq = nil
        #expect(DNS.run(facts).map(\.verdict) == [.warning])
        facts.network.networks[0].needsDnsmasq = false
        facts.network.hasDnsmasq = false
        #expect(DNS.run(facts).map(\.verdict) == [.ok])
    }
}
