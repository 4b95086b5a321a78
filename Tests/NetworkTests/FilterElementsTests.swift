import Identity
import Linux
import Netlink
import Testing

@testable import Network

@Suite("The elements of the filter of NICs with ipfilter")
struct FilterElementsTests {
    @Test("The elements in the output of nft -j are read with their age")
    func json() {
        let text = """
            {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"name": "berth"}},
            {"set": {"name": "nics_lxcbr0", "elem": ["b2:be:00:00:00:01"]}},
            {"set": {"name": "pair", "elem": [{"concat": ["b2:be:00:00:00:01",
            "b2:be:00:00:00:01"]}]}}, {"set": {"name": "claims"}},
            {"set": {"name": "lease", "elem": [{"elem": {"val": {"concat": ["b2:be:00:00:00:01",
            "10.0.3.9"]}, "timeout": 3600, "expires": 3590}}]}}]}
            """
        let listed = FilterElements.listed(inJSON: text)
        #expect(listed["nics_lxcbr0"] == [.init(text: "b2:be:00:00:00:01")])
        #expect(listed["pair"]?.map(\.text) == ["b2:be:00:00:00:01 . b2:be:00:00:00:01"])
        #expect(
            listed["lease"] == [
                .init(text: "b2:be:00:00:00:01 . 10.0.3.9", timeout: 3600, expires: 3590)
            ])
        #expect(listed["claims"] == [])
        #expect(FilterElements.listed(inJSON: "no JSON").isEmpty)
    }

    private static let one = "b2:be:00:00:00:01"
    private static let two = "b2:be:00:00:00:02"

    private static func changes(
        lease: [FilterElements.Listed] = [], leased: [FilterElements.Listed] = [],
        grants: [FilterElements.Grant]?
    ) -> ElementChanges {
        var observed = ObservedAddressFilter()
        observed.elements = ["lease": lease, "leased": leased]
        observed.grants = grants
        return ElementChanges(from: observed, networks: [])
    }

    @Test("An element whose lease is gone or has another address is removed")
    func hopping() {
        let old = FilterElements.Listed(
            text: "\(Self.one) . 10.0.3.9", timeout: 3600, expires: 3591)
        let held = FilterElements.Listed(text: "10.0.3.9", timeout: 3600, expires: 3591)
        let new = FilterElements.Grant(
            hardwareAddress: Self.one, address: "10.0.3.20", remaining: 3600, lifetime: 3600)
        let changes = Self.changes(lease: [old], leased: [held], grants: [new])
        #expect(changes.lines.contains("delete element bridge berth lease { \(old.text) }"))
        #expect(changes.lines.contains("delete element bridge berth leased { 10.0.3.9 }"))
        #expect(
            changes.lines.contains(
                "add element bridge berth lease { \(Self.one) . 10.0.3.20 "
                    + "timeout 3600s expires 3600s }"
            ))
        #expect(!changes.isUnsettled)
    }

    @Test("A fresh element is not removed: dnsmasq writes the lease after it has replied")
    func fresh() {
        let fresh = FilterElements.Listed(
            text: "\(Self.one) . 10.0.3.9", timeout: 3600, expires: 3599)
        let held = FilterElements.Listed(text: "10.0.3.9", timeout: 3600, expires: 3599)
        let changes = Self.changes(lease: [fresh], leased: [held], grants: [])
        #expect(changes.isEmpty && changes.isUnsettled)
    }

    @Test("An address stays in the filter if another container has leased it in the meantime")
    func replaced() {
        let old = FilterElements.Listed(
            text: "\(Self.one) . 10.0.3.9", timeout: 3600, expires: 3501)
        let own = FilterElements.Listed(
            text: "\(Self.two) . 10.0.3.9", timeout: 3600, expires: 3595)
        let held = FilterElements.Listed(text: "10.0.3.9", timeout: 3600, expires: 3595)
        let grant = FilterElements.Grant(
            hardwareAddress: Self.two, address: "10.0.3.9", remaining: 3595, lifetime: 3600)
        let changes = Self.changes(lease: [old, own], leased: [held], grants: [grant])
        #expect(
            changes.lines == [
                "add element bridge berth lease { \(old.text) }",
                "delete element bridge berth lease { \(old.text) }",
            ])
    }

    @Test("IPv6 addresses stay while their NIC exists, even detached, and an hour longer")
    func claims() {
        let address = "0xfd420000000000000000000000000077"
        func changes(_ live: Set<String>, expires: Int) -> [String] {
            var observed = ObservedAddressFilter()
            observed.elements = [
                "own6": [.init(text: "\(Self.one) . \(address)", expires: expires)],
                "owned6": [.init(text: address, expires: expires)],
            ]
            observed.addresses = live
            let bridge = BridgeName("lxcbr0")
            return ElementChanges(from: observed, networks: [bridge].compactMap { $0 }).lines
        }
        #expect(changes([Self.one], expires: 7 * 86400 - 5).isEmpty)
        #expect(
            changes([Self.one], expires: 86400).contains(
                "add element bridge berth owned6 { \(address) }"))
        #expect(
            changes([Self.two], expires: 86400).contains(
                "add element bridge berth own6 { \(Self.one) . \(address) expires 3600s }"))
        #expect(changes([], expires: 3000).isEmpty)
    }

    @Test("A lease is taken from the filter before it is released")
    func withdrawing() {
        let grant = FilterElements.Grant(
            hardwareAddress: Self.one, address: "10.0.3.9", remaining: 60, lifetime: 3600)
        let changes = ElementChanges(withdrawing: [grant])
        #expect(changes.lines.contains("delete element bridge berth lease { \(grant.text) }"))
        #expect(changes.lines.contains("delete element bridge berth leased { 10.0.3.9 }"))
    }

    @Test("Elements that agree with the leases stay, and all stay if the leases cannot be read")
    func settled() {
        let own = FilterElements.Listed(
            text: "\(Self.one) . 10.0.3.9", timeout: 3600, expires: 3590)
        let held = FilterElements.Listed(text: "10.0.3.9", timeout: 3600, expires: 3590)
        let grant = FilterElements.Grant(
            hardwareAddress: Self.one, address: "10.0.3.9", remaining: 3600, lifetime: 3600)
        #expect(Self.changes(lease: [own], leased: [held], grants: [grant]).isEmpty)
        #expect(Self.changes(lease: [own], leased: [held], grants: nil).isEmpty)
        // An infinite lease stays, too.
        var infinite = own
        infinite.timeout = AddressFilter.Network.infiniteLeaseTime
        infinite.expires = AddressFilter.Network.infiniteLeaseTime - 5000
        let forever = FilterElements.Grant(
            hardwareAddress: Self.one, address: "10.0.3.9",
            remaining: AddressFilter.Network.infiniteLeaseTime, lifetime: 3600)
        #expect(Self.changes(lease: [infinite], leased: [held], grants: [forever]).isEmpty)
    }

    @Test("Leases of other clients, and expired leases, are not in the filter")
    func grants() {
        let file = """
            2000 \(Self.one) 10.0.3.9 web *
            999 \(Self.two) 10.0.3.10 old *
            0 b2:be:00:00:00:03 10.0.3.11 * *
            2000 00:16:3e:00:00:01 10.0.3.12 vm *
            duid 00:01
            """
        let grants = FilterElements.grants(
            Leases.parse(Array(file.utf8)), now: 1000, lifetime: 3600)
        #expect(
            grants == [
                .init(
                    hardwareAddress: Self.one, address: "10.0.3.9", remaining: 1000,
                    lifetime: 3600),
                .init(
                    hardwareAddress: "b2:be:00:00:00:03", address: "10.0.3.11",
                    remaining: AddressFilter.Network.infiniteLeaseTime, lifetime: 3600),
            ])
    }
}
