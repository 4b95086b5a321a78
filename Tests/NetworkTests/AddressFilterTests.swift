import Identity
import Linux
import Netlink
import Testing

@testable import Network

@Suite("The filter of NICs with ipfilter")
struct AddressFilterTests {
    private static func facts(
        filtering bridges: [String] = ["lxcbr0"], nics: [Interface] = []
    ) -> HostFacts {
        var facts = HostFacts(interfaces: nics)
        facts.filterLines = bridges.enumerated().map { .init(number: $0 + 1, bridge: $1) }
        return facts
    }

    private static func network(
        _ text: String = "LXC_IPV6_ADDR=fd42::1", facts: HostFacts = facts()
    ) throws -> DesiredNetwork {
        try #require(validated(text, facts: facts).network)
    }

    private static func filter(
        _ text: String = "LXC_IPV6_ADDR=fd42::1", knowsBridges: Bool = false
    ) throws -> AddressFilter {
        let address = MACAddress(bytes: [0x10, 0x66, 0x6a, 0, 0, 0])
        return AddressFilter(
            networks: [try #require(.init(try network(text), hardwareAddress: address))],
            knowsBridges: knowsBridges)
    }

    @Test(
        "A network with DHCP needs the filter if lxc-usernet grants ipfilter on its bridge"
    )
    func needs() throws {
        #expect(try Self.network().filtersAddresses)
        #expect(try !Self.network(facts: Self.facts(filtering: ["other"])).filtersAddresses)
        #expect(try !Self.network("LXC_DHCP=false").filtersAddresses)
        var capabilities = HostCapabilities()
        #expect(try Planner(capabilities).filtersAddresses(Self.network()))
        capabilities.iptables = [.ipv4]
        #expect(try !Planner(capabilities).filtersAddresses(Self.network("LXC_USE_NFT=false")))
    }

    @Test("A NIC that exists keeps the filter after its line is gone")
    func nics() throws {
        var port = try interface("veth1000_abcd", index: 9, kind: .veth, master: 7)
        port = Interface(
            index: port.index, name: try #require(port.name), kind: .veth, mtu: 1500,
            address: MACAddress(bytes: [0xfe, 0xbe, 1, 2, 3, 4]), isUp: true,
            master: InterfaceIndex(7), isIsolated: false)
        #expect(port.filteredAddress == nil)
        port.group = 0xbe00_0006
        #expect(port.filteredAddress?.description == "b2:be:01:02:03:04")
        let bridge = try interface("lxcbr0", index: 7, kind: .bridge)
        let nics = FilterElements.nics(
            among: [port, bridge], on: [try #require(BridgeName("lxcbr0"))])
        #expect(nics.map(\.hardwareAddress.description) == ["b2:be:01:02:03:04"])
        #expect(
            nics.first?.elements.map { "\($0.set) \($0.text)" } == [
                "nics_lxcbr0 b2:be:01:02:03:04", "pair b2:be:01:02:03:04 . b2:be:01:02:03:04",
                "chaddr b2:be:01:02:03:04 . 0xb2be01020304",
                "eui64 b2:be:01:02:03:04 . 0xb0be01fffe020304",
            ])
    }

    @Test("NICs are recognized by their group, and leases are recorded when dnsmasq replies")
    func rules() throws {
        let script = try Self.filter().script()
        let filtered = "iifgroup & 0xff000004 == 0xbe000004"
        for rule in [
            "add set bridge berth nics_lxcbr0 { type ether_addr; }",
            "add chain bridge berth ports { type filter hook prerouting priority -300; "
                + "policy accept; }",
            "add rule bridge berth ports \(filtered) goto filtered",
            "add rule bridge berth ports iifgroup & 0xff000000 == 0xbe000000 jump neighbors",
            "add rule bridge berth leases oifgroup & 0xff000004 == 0xbe000004 "
                + "ether daddr @nics_lxcbr0 meta skuid 0 ip saddr 10.0.3.1 udp sport 67 "
                + "udp dport 68 @th,64,8 2 @th,1984,24 0x350105 @th,192,32 != 0 "
                + "goto grant_lxcbr0",
            "add element bridge berth reserved { 10.0.3.1 }",
            "add element bridge berth fixed6 { 0xfd420000000000000000000000000001, "
                + "0xfe8000000000000012666afffe000000, 0xfe800000000000000000000000000000, "
                + "0xfd420000000000000000000000000000 }",
            "add rule bridge berth held_arp ether type 8021ad vlan type arp "
                + "arp saddr ip @leased counter drop",
            "add rule bridge berth neighbors_ipv6 ether type 8021q vlan type ip6 "
                + "icmpv6 type { nd-router-advert, nd-redirect, mld-listener-query } counter drop",
        ] {
            #expect(script.contains("\(rule)\n"), "\(rule)")
        }
        // Each chain for frames of these NICs ends with a drop.
        for chain in [
            "filtered", "arp_in", "arp_addresses", "ipv4_in", "dhcp_in", "dhcp_addresses",
            "ipv6_in", "unspecified_in", "claim", "new_claim", "visible_header", "visible_target",
        ] {
            let rules = script.split(separator: "\n").filter {
                $0.hasPrefix("add rule bridge berth \(chain) ")
            }
            #expect(rules.last == "add rule bridge berth \(chain) counter drop")
        }
        let precise = try Self.filter(knowsBridges: true).script()
        #expect(precise.contains("ports meta ibrname { \"lxcbr0\" } jump neighbors\n"))
    }

    @Test(
        "A lease whose duration the client requested stays in the filter for more than half of it")
    func shorterLeases() throws {
        let script = try Self.filter("LXC_DHCP_RANGE=10.0.3.2,10.0.3.99,1000").script()
        let grants = script.split(separator: "\n").filter {
            $0.hasPrefix("add rule bridge berth grant_lxcbr0 ")
        }.map { String($0).replacing("add rule bridge berth grant_lxcbr0 ", with: "") }
        func update(_ time: Int) -> String {
            "update @lease { ether daddr . ip daddr timeout \(time)s } "
                + "update @leased { ip daddr timeout \(time)s } accept"
        }
        #expect(
            grants
                == ((0...14).reversed().map { 1000 << $0 } + [500, 250, 125]).map {
                    "@th,2056,16 0x3304 @th,2072,32 >= \($0) \(update($0))"
                } + [update(120)])
    }

    @Test("When the set is half full, the claims of deleted NICs are removed at once")
    func manyClaims() throws {
        var observed = ObservedAddressFilter()
        observed.addresses = ["b2:be:00:00:00:01"]
        for count in [1000, 33_000] {
            observed.elements["own6"] = (0..<count).map { number in
                FilterElements.Listed(
                    text: "b2:be:00:00:00:0\(number == 0 ? 1 : 2) . 0x\(String(number, radix: 16))",
                    timeout: 604_800, expires: 3000)
            }
            observed.elements["owned6"] = (0..<count).map {
                FilterElements.Listed(text: "0x\(String($0, radix: 16))", timeout: 604_800)
            }
            let bridge = try #require(BridgeName("lxcbr0"))
            let lines = ElementChanges(from: observed, networks: [bridge]).lines
            let removed = lines.filter { $0.hasPrefix("delete element bridge berth own6") }
            #expect(removed.count == (count == 1000 ? 1 : count))
            let kept = "add element bridge berth own6 { b2:be:00:00:00:01 . 0x0 }"
            #expect(lines.contains(kept))
        }
    }

    @Test(
        "The lease time is that of the settings",
        arguments: [
            ("", 3600), (",12h", 43200), (",300", 300), (",45m", 2700), (",1", 120),
            (",255.255.255.0", 3600), (",255.255.255.0,2d", 172_800), (",infinite", 31_536_000),
        ])
    func leaseTime(suffix: String, seconds: Int) throws {
        let filter = try Self.filter("LXC_DHCP_RANGE=10.0.3.2,10.0.3.99\(suffix)")
        #expect(filter.networks.map(\.leaseTime) == [seconds])
    }

    @Test("Only addresses reserved for NICs with ipfilter are in the filter before these exist")
    func reservations() throws {
        let script = try Self.filter(
            "LXC_DHCP_HOSTS=b2:be:00:00:00:01,10.0.3.9 b2:bf:00:00:00:02,10.0.3.8 web,10.0.3.7"
                .quotedSetting
        ).script()
        #expect(
            script.contains("add element bridge berth fixed { b2:be:00:00:00:01 . 10.0.3.9 }\n"))
        #expect(script.contains("add element bridge berth reserved { 10.0.3.1, 10.0.3.9 }\n"))
    }

    private static let one = "b2:be:00:00:00:01"

    @Test("The table is loaded once, and again when it is lost or differs")
    func plan() throws {
        let filter = try Self.filter()
        var observed = ObservedAddressFilter()
        observed.grants = []
        let nic = FilterElements.NIC(
            bridge: try #require(BridgeName("lxcbr0")),
            hardwareAddress: MACAddress(bytes: [0xb2, 0xbe, 0, 0, 0, 1]))
        observed.nics = [nic]
        let first = AddressFilterPlan(filter, observed, nil)
        #expect(first.changes.map(\.description) == ["+ firewall table bridge berth, for ipfilter"])
        guard case .addressFilter(let change)? = first.changes.first else {
            Issue.record("no change")
            return
        }
        #expect(change.script.contains("add element bridge berth nics_lxcbr0 { \(Self.one) }\n"))
        #expect(change.undo == nil, "NICs need the filter")

        observed.listing =
            "table bridge berth {\n\tset nics_lxcbr0 {\n\t}\n\tset nics_old {\n\t}\n}"
        for (set, text) in nic.elements { observed.elements[set] = [.init(text: text)] }
        let record = Record.AppliedAddressFilter(
            rendered: filter.digest,
            observed: RuleListing(try #require(observed.listing)).digest)
        #expect(AddressFilterPlan(filter, observed, record).changes.isEmpty)
        var other = record
        other.observed = "another"
        let again = AddressFilterPlan(filter, observed, other).changes
        #expect(again.map(\.description) == ["~ firewall table bridge berth, for ipfilter"])
        guard case .addressFilter(let change)? = again.first else { return }
        #expect(change.script.contains("delete set bridge berth nics_old\n"))
        #expect(!change.script.contains("nics_lxcbr0 { \(Self.one) }"), "its elements stay")

        // A NIC that is gone.
        observed.nics = []
        let expelled = AddressFilterPlan(filter, observed, record)
        #expect(expelled.elements.removesNICs)
        #expect(
            expelled.changes.map(\.description) == [
                "~ firewall table bridge berth: NICs and leases"
            ])
    }

    @Test("The filter stays while a NIC has ipfilter, even if no network needs it")
    func removal() {
        var observed = ObservedAddressFilter()
        #expect(AddressFilterPlan(nil, observed, nil).changes.isEmpty)
        observed.listing = "table bridge berth {\n}"
        observed.addresses = [Self.one]
        #expect(AddressFilterPlan(nil, observed, nil).changes.isEmpty)
        observed.addresses = []
        #expect(
            AddressFilterPlan(nil, observed, nil).changes.map(\.description) == [
                "- firewall table bridge berth"
            ])
    }
}

extension String {
    /// A setting whose value is a list.
    fileprivate var quotedSetting: String {
        let parts = split(separator: "=", maxSplits: 1)
        return "\(parts[0])=\"\(parts[1])\""
    }
}
