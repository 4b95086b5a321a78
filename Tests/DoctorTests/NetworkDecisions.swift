import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about networks")
struct NetworkDecisions {
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
