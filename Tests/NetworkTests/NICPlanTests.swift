import Identity
import Linux
import Netlink
import Testing
import Usernet

@testable import Network

@Suite("NICs that lose their bridge are attached again with their options")
struct NICPlanTests {
    private static let hostEnd = MACAddress(bytes: [0xfe, 0xbf, 1, 2, 3, 4])
    private static let containerEnd = MACAddress(bytes: [0xb2, 0xbf, 1, 2, 3, 4])
    private static let other = MACAddress(bytes: [2, 0, 0, 0, 0, 9])

    /// The changes and warnings for a NIC, with the record of a complete network.
    private static func plan(
        _ nic: ContainerNIC, _ settings: String = "",
        record change: (inout Record.Entry) -> Void = { _ in }
    ) throws -> (changes: [String], warnings: [String]) {
        let network = try network(settings)
        var (observed, entry) = try PlanTests.applied(network)
        observed.nics = [nic]
        observed.ports = nic.interface.master == nil ? [] : [nic.interface]
        change(&entry)
        let planner = Planner(HostCapabilities())
        let changes =
            planner.changes(to: network, from: observed, record: entry)
            + planner.lostNICs(network, observed, record: entry)
        let warnings = NICWarnings(network.bridge, observed, entry) { "br\($0.number)" }
        return (changes.map(\.description), warnings.detached)
    }

    /// - Parameter master: 7 is the bridge.
    private static func nic(
        _ grant: PortGrant?, master: Int32? = 7, up: Bool = true, isolated: Bool = false,
        locked: Bool = false, learns: Bool = false, derived: Bool = true,
        pinned: [MACAddress] = []
    ) throws -> ContainerNIC {
        var end = try interface(
            "veth1000_AbCd", index: 9, kind: .veth, up: up, master: master, isolated: isolated,
            address: derived ? hostEnd : MACAddress(bytes: [0xfe, 0, 0, 0, 0, 9]))
        end.isLocked = locked
        end.learns = learns
        end.group = grant?.group ?? 0
        end.alias = UntrustedText(Array("lxc:alice/web".utf8))
        var nic = ContainerNIC(end, of: .user(Array("alice".utf8)))
        nic.pinnedAddresses = pinned
        return nic
    }

    private static func grant(
        isolated: Bool = false, macfilter: Bool = false, ipfilter: Bool = false,
        vlan: UInt16? = nil
    ) -> PortGrant {
        var grant = PortGrant()
        grant.isIsolated = isolated
        grant.filtersHardwareAddress = macfilter
        grant.filtersAddresses = ipfilter
        grant.vlan = vlan
        return grant
    }

    @Test("A NIC that is attached with its options needs no change")
    func settled() throws {
        for nic in [
            try Self.nic(Self.grant()), try Self.nic(Self.grant(isolated: true), isolated: true),
            try Self.nic(
                Self.grant(macfilter: true), locked: true, pinned: [Self.containerEnd]),
        ] {
            let plan = try Self.plan(nic)
            #expect(plan.changes.isEmpty && plan.warnings.isEmpty)
        }
    }

    @Test("A detached NIC is attached with the options of its grant")
    func detached() throws {
        let plain = try Self.plan(try Self.nic(Self.grant(), master: nil))
        #expect(plain.changes == ["+ lxcbr0: veth1000_AbCd is reattached"])
        let all = try Self.plan(
            try Self.nic(
                Self.grant(isolated: true, ipfilter: true, vlan: 5), master: nil, up: false))
        #expect(
            all.changes == [
                "+ lxcbr0: veth1000_AbCd is reattached with isolated, "
                    + "ipfilter b2:bf:01:02:03:04, vlan=5"
            ])
        let isolating = try Self.plan(
            try Self.nic(Self.grant(), master: nil), "LXC_ISOLATE=true")
        #expect(
            isolating.changes.contains("+ lxcbr0: veth1000_AbCd is reattached with isolated"))
    }

    @Test("The record contains the address of a locked port if berth-nic did not derive it")
    func recorded() throws {
        let nic = try Self.nic(Self.grant(macfilter: true), master: nil, derived: false)
        let unknown = try Self.plan(nic)
        #expect(unknown.changes.isEmpty)
        #expect(
            unknown.warnings.count == 1 && unknown.warnings[0].contains("restart its container"))
        let known = try Self.plan(nic) {
            $0.lockedAddresses = [.init(port: nic.port, address: "\(Self.other)")]
        }
        #expect(
            known.changes == [
                "+ lxcbr0: veth1000_AbCd is reattached with macfilter 02:00:00:00:00:09"
            ])
        #expect(known.warnings.isEmpty)
    }

    @Test("Only the options that an attached port has lost are restored")
    func lost() throws {
        let unlocked = try Self.plan(
            try Self.nic(Self.grant(isolated: true, macfilter: true), learns: true))
        #expect(
            unlocked.changes == [
                "~ lxcbr0: port veth1000_AbCd is restored with isolated, "
                    + "macfilter b2:bf:01:02:03:04"
            ])
        let learning = try Self.plan(
            try Self.nic(
                Self.grant(macfilter: true), locked: true, learns: true,
                pinned: [Self.containerEnd]))
        #expect(learning.changes == ["~ lxcbr0: port veth1000_AbCd is restored with macfilter"])
        let unpinned = try Self.plan(try Self.nic(Self.grant(macfilter: true), locked: true))
        #expect(
            unpinned.changes == [
                "~ lxcbr0: port veth1000_AbCd is restored with macfilter b2:bf:01:02:03:04"
            ])
        let down = try Self.plan(try Self.nic(Self.grant(), up: false))
        #expect(down.changes == ["+ lxcbr0: veth1000_AbCd is brought up"])
    }

    @Test("The grant of a port is derived from its options, but not from LXC_ISOLATE")
    func tagged() throws {
        let sentence = "~ lxcbr0: the group of veth1000_AbCd records the grant of the port "
        let plain = try Self.plan(try Self.nic(nil))
        #expect(plain.changes == [sentence + "(no options)"])
        let both = try Self.plan(
            try Self.nic(nil, isolated: true, locked: true, pinned: [Self.other]))
        #expect(both.changes == [sentence + "(isolated, macfilter)"])
        let bySetting = try Self.nic(nil, isolated: true)
        let isolating = try Self.plan(bySetting, "LXC_ISOLATE=true") {
            $0.isolatedPorts = [bySetting.port]
        }
        #expect(isolating.changes == [sentence + "(no options)"])
        // The program that creates the NIC may not have finished: it sets the options before it
        // brings the link up.
        #expect(try Self.plan(try Self.nic(nil, up: false)).changes.isEmpty)
        var end = try Self.nic(nil).interface
        end.group = 5
        #expect(try Self.plan(ContainerNIC(end, of: .user([0x61]))).changes.isEmpty)
    }

    @Test("NICs that berth-net does not change are reported")
    func left() throws {
        let elsewhere = try Self.plan(try Self.nic(Self.grant(), master: 8))
        #expect(elsewhere.changes.isEmpty)
        #expect(
            elsewhere.warnings == [
                "veth1000_AbCd of alice belongs to lxcbr0 and is attached to br8, where it "
                    + "remains: to attach it to lxcbr0 again, run ip link set veth1000_AbCd "
                    + "nomaster"
            ])
        let unknown = try Self.plan(try Self.nic(nil, master: nil))
        #expect(unknown.changes.isEmpty)
        #expect(
            unknown.warnings.count == 1 && unknown.warnings[0].contains("restart its container"))
    }

    @Test("A NIC that berth-nic has not finished creating is not changed")
    func unfinished() throws {
        var end = try Self.nic(Self.grant(isolated: true), up: false).interface
        end.alias = nil
        #expect(try Self.plan(ContainerNIC(end, of: .user([0x61]))).changes.isEmpty)
    }

    @Test(
        "A line that no longer grants the options of a NIC is reported",
        arguments: [
            ("alice veth lxcbr0 2 isolated", nil),
            ("alice veth lxcbr0 1\nalice veth lxcbr0 1 isolated", nil),
            ("alice veth lxcbr0 2", "lines of alice for lxcbr0 now grant no options"),
            ("bob veth lxcbr0 9\n@staff veth lxcbr0 2 each isolated", nil),
            ("* veth lxcbr0 2 isolated", nil),
            ("bob veth lxcbr0 2 isolated", "no line grants alice a NIC on lxcbr0 any more"),
            ("alice veth br1 2 isolated", "no line grants alice a NIC on lxcbr0 any more"),
        ])
    func changedLines(file: String, expected: String?) throws {
        let (applied, entry) = try PlanTests.applied(try network())
        var observed = applied
        observed.nics = [try Self.nic(Self.grant(isolated: true), isolated: true)]
        let warnings = NICWarnings(entry.desired.bridge, observed, entry) { _ in nil }
            .changedLines(UsernetFile(Array(file.utf8)))
        #expect(warnings.count == (expected == nil ? 0 : 1))
        if let expected { #expect(warnings[0].contains(expected)) }
    }
}
