import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about addresses that the configuration sets")
struct AddressDecisions {
    private static func facts(
        _ options: [String], _ settings: (key: String, value: String)...
    ) -> Facts {
        var facts = Facts.alices()
        facts.helpers[0].isBerthNIC = true
        facts.usernet.quotas[0].lines = [.init(number: 1, count: 10, options: options)]
        for (key, value) in settings { facts.config.set("lxc.net.0.\(key)", to: value) }
        return facts
    }

    @Test(
        "a hardware address that the port does not allow is reported",
        arguments: ["macfilter", "ipfilter"])
    func hardwareAddress(filter: String) throws {
        let facts = Self.facts([filter], ("hwaddr", "00:16:3e:xx:xx:xx"))
        let finding = try #require(NICAddresses.run(facts).first)
        #expect(finding.verdict == .problem && finding.place.hasSuffix(", lxc.net.0.hwaddr"))
        #expect(finding.message.contains("line 1 of /etc/lxc/lxc-usernet has \(filter),"))
        #expect(finding.fixes.count == 1)
    }

    @Test("without a filter, or with an address of berth-nic, nothing is reported")
    func inOrder() {
        let address = ("hwaddr", "00:16:3e:xx:xx:xx")
        #expect(NICAddresses.run(Self.facts(["isolated"], address)).isEmpty)
        #expect(NICAddresses.run(Self.facts(["ipfilter"])).isEmpty)
        #expect(NICAddresses.run(Self.facts(["ipfilter"], address, ("hwaddr", ""))).isEmpty)
        let own = ("hwaddr", "b2:be:00:00:00:01")
        #expect(NICAddresses.run(Self.facts(["ipfilter"], own)).isEmpty)
        var stock = Self.facts(["macfilter"], address)
        stock.helpers[0].isBerthNIC = false
        #expect(NICAddresses.run(stock).isEmpty)
    }

    @Test("a static address under ipfilter needs a reservation")
    func staticAddress() throws {
        let address = ("ipv4.address", "10.0.3.9/24 10.0.3.255")
        var facts = Self.facts(["ipfilter"], address)
        let finding = try #require(NICAddresses.run(facts).first)
        #expect(finding.verdict == .problem)
        #expect(finding.place.hasSuffix(", lxc.net.0.ipv4.address"))
        facts.network.networks[0].reservedAddresses = ["10.0.3.9"]
        #expect(NICAddresses.run(facts).isEmpty)
        #expect(NICAddresses.run(Self.facts(["macfilter"], address)).isEmpty)
    }

    @Test("a line with ipfilter for a bridge on which ipfilter cannot work is reported with a fix")
    func refused() throws {
        var facts = Self.facts(["ipfilter"])
        #expect(LXCUsernet.run(facts).allSatisfy { $0.verdict == .ok })
        for obstacle in [AddressFilterObstacle.noDHCP, .noNft] {
            facts.network.networks[0].filterObstacle = obstacle
            let finding = try #require(LXCUsernet.run(facts).first { $0.verdict == .problem })
            #expect(finding.message.contains(obstacle.texts.reason))
            #expect(finding.fixes == [.advice(obstacle.texts.fix)])
        }
        facts.network.networks = []
        let finding = try #require(LXCUsernet.run(facts).first { $0.verdict == .problem })
        #expect(finding.message.contains("is not a bridge of berth-net"))
    }
}
