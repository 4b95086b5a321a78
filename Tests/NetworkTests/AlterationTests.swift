import Testing

@testable import Network

@Suite("The record of a change contains what undoes it")
struct AlterationTests {
    private let ra = "/proc/sys/net/ipv6/conf/br7/accept_ra"

    private func after(_ values: [(from: String?, to: String)], _ start: [Alteration] = [])
        -> [String]
    {
        start.after(values.map { .setKernel(path: ra, from: $0.from, to: $0.to) })
            .map { "\($0.before) \($0.after)" }
    }

    @Test("The first value is kept over several changes")
    func first() {
        #expect(after([("1", "0")]) == ["1 0"])
        #expect(after([("1", "0"), ("0", "2")]) == ["1 2"])
    }

    @Test("A value that an administrator set between two changes is the one to restore")
    func between() {
        #expect(after([("1", "0"), ("2", "0")]) == ["2 0"])
    }

    @Test("A value that is restored is no longer recorded")
    func back() {
        #expect(after([("1", "0"), ("0", "1")]) == [])
    }

    @Test("A change from an unknown value leaves the record unchanged")
    func unknown() {
        #expect(after([(nil, "0")]) == [])
        #expect(after([("1", "0"), (nil, "0")]) == ["1 0"])
    }

    @Test("Each change of an attribute of a bridge is recorded")
    func attributes() throws {
        let bridge = try #require(BridgeName("br7"))
        let changes: [Change] = [
            .setMTU(bridge, from: 9000, to: 1500), .setUp(bridge, true),
            .setVLANFiltering(bridge, true),
            .setHardwareAddress(bridge, from: "02:00:00:00:00:01", to: "02:00:00:00:00:02"),
            .addAddress(bridge, try #require(BridgeAddress("10.0.3.1/24"))),
        ]
        #expect(
            [Alteration]().after(changes).map { "\($0.attribute) \($0.before) \($0.after)" } == [
                "mtu 9000 1500", "link down up", "vlan_filtering 0 1",
                "address 02:00:00:00:00:01 02:00:00:00:00:02",
            ])
    }
}
