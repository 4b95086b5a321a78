import Netlink
import Testing

@testable import Network

@Suite("stop restores the state that a bridge had before start")
struct OwnershipTests {
    private let planner = Planner(HostCapabilities())

    /// A bridge that an administrator created: down, with jumbo frames, an address and a port.
    private func found() throws -> ObservedNetwork {
        var observed = ObservedNetwork()
        observed.interface = try interface(
            "lxcbr0", index: 7, kind: .bridge, mtu: 9000, up: false)
        observed.interface?.isVLANAware = false
        observed.addresses = [try #require(BridgeAddress("10.5.5.1/24"))]
        for attribute in Sysctls.ofBridge(try network().bridge) {
            observed.kernel[attribute.description] = "1"
        }
        observed.kernel["/proc/sys/net/ipv4/conf/lxcbr0/promote_secondaries"] = "0"
        observed.kernel["/proc/sys/net/ipv6/conf/lxcbr0/disable_ipv6"] = "1"
        return observed
    }

    /// The state of the bridge after the changes.
    private func after(_ changes: [Change], _ before: ObservedNetwork) throws -> ObservedNetwork {
        var observed = before
        for change in changes {
            switch change {
            case .setKernel(let path, _, let to): observed.kernel[path] = to
            case .setMTU(_, _, let to): observed.interface = try bridge(observed, mtu: to)
            case .setVLANFiltering(_, let on): observed.interface?.isVLANAware = on
            case .setUp(_, let up):
                observed.interface = try bridge(observed, up: up)
                if !up { observed.addresses.removeAll { !$0.isIPv4 } }
            case .addAddress(_, let address): observed.addresses.append(address)
            case .removeAddress(_, let address): observed.addresses.removeAll { $0 == address }
            case .isolate(_, let isolatedPort, let isolated):
                observed.ports = try observed.ports.map { port in
                    Record.Port(port) != isolatedPort
                        ? port
                        : try interface(
                            port.description, index: port.index.number, kind: port.kind,
                            master: 7, isolated: isolated)
                }
            default: break
            }
        }
        return observed
    }

    private func bridge(
        _ observed: ObservedNetwork, mtu: UInt32? = nil, up: Bool? = nil
    ) throws -> Interface {
        let former = observed.interface
        var changed = try interface(
            "lxcbr0", index: 7, kind: .bridge, mtu: mtu ?? former?.mtu ?? 0,
            up: up ?? former?.isUp ?? false)
        changed.isVLANAware = former?.isVLANAware
        return changed
    }

    /// Starts with some settings, changes them, and stops.
    private func result(
        _ settings: [String], on before: ObservedNetwork,
        _ foreign: (inout ObservedNetwork) -> Void = { _ in }
    ) throws -> ObservedNetwork {
        var observed = before
        var entry: Record.Entry?
        for text in settings {
            let desired = try network(text)
            let changes = planner.changes(to: desired, from: observed, record: entry)
            let planned = PlannedNetwork(
                desired: desired, observed: observed, record: entry, dnsPort: 53)
            entry = planned.entry(after: changes, isComplete: true)
            observed = try after(changes, observed)
            let second = planner.changes(to: desired, from: observed, record: entry)
            #expect(!second.contains(where: isOfBridge), "a second pass after \(text)")
            foreign(&observed)
        }
        let removal = planner.removal(of: try #require(entry), from: observed)
        return try after(removal, observed)
    }

    private func isOfBridge(_ change: Change) -> Bool {
        switch change {
        case .setKernel, .setMTU, .setVLANFiltering, .setUp, .addAddress, .removeAddress, .isolate:
            true
        default: false
        }
    }

    private func expectEqual(_ one: ObservedNetwork, _ other: ObservedNetwork) {
        #expect(one.interface?.mtu == other.interface?.mtu)
        #expect(one.interface?.isUp == other.interface?.isUp)
        #expect(one.interface?.isVLANAware == other.interface?.isVLANAware)
        #expect(Set(one.addresses) == Set(other.addresses))
        #expect(one.kernel == other.kernel)
        #expect(one.ports == other.ports)
    }

    @Test(
        "stop restores the bridge after any sequence of settings",
        arguments: [
            [""], ["LXC_IPV6_ENABLE=false"], ["", "LXC_IPV6_ENABLE=false"],
            ["LXC_ADDR=10.5.5.1"], ["LXC_ADDR=10.5.5.1", ""], ["LXC_BRIDGE_MTU=1400", ""],
            ["LXC_ISOLATE=true", "LXC_ADDR=10.0.9.1"], ["LXC_ISOLATE=true", "", ""],
            ["LXC_VLAN_AWARE=true"], ["LXC_VLAN_AWARE=true", "LXC_BRIDGE_MTU=1400", ""],
        ])
    func asBefore(settings: [String]) throws {
        let before = try found()
        expectEqual(try result(settings, on: before), before)
    }

    @Test("after stop, ports keep the isolation of lxc-usernet, and the link stays up")
    func ports() throws {
        var before = try found()
        before.ports = [
            try interface("veth1", index: 8, kind: .veth, master: 7, isolated: true),
            try interface("veth2", index: 9, kind: .veth, master: 7),
        ]
        for settings in [["LXC_ISOLATE=true", ""], ["LXC_ISOLATE=true"], [""]] {
            let after = try result(settings, on: before)
            #expect(after.ports.map(\.isIsolated) == [true, false])
            #expect(after.interface?.isUp == true)
            #expect(after.kernel == before.kernel)
        }
    }

    @Test("stop does not restore what an administrator has changed since start")
    func foreign() throws {
        let before = try found()
        let path = "/proc/sys/net/ipv6/conf/lxcbr0/accept_ra"
        let after = try result([""], on: before) { observed in
            observed.kernel[path] = "2"
            observed.addresses.append(BridgeAddress("10.6.6.1/24")!)
        }
        #expect(after.kernel[path] == "2")
        #expect(Set(after.addresses.map(\.description)) == ["10.5.5.1/24", "10.6.6.1/24"])
    }

    @Test("reload removes an old address even if promote_secondaries has been reset")
    func resetPromotion() throws {
        let before = try found()
        let after = try result(["", "LXC_ADDR=10.0.9.1"], on: before) { observed in
            observed.kernel["/proc/sys/net/ipv4/conf/lxcbr0/promote_secondaries"] = "0"
        }
        expectEqual(after, before)
    }

    @Test(
        "stop restores an IPv6 address whose prefix length the settings have changed",
        arguments: [true, false])
    func replacedLength(isUp: Bool) throws {
        var before = try found()
        before.interface = try interface("lxcbr0", index: 7, kind: .bridge, up: isUp)
        before.addresses.append(try #require(BridgeAddress("fd42:1::1/64")))
        for settings in [
            ["LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_MASK=80"],
            ["LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_MASK=80", "LXC_IPV6_ADDR=fd42:1::1"],
            ["LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_MASK=80", "LXC_IPV6_ADDR=fd42:2::1"],
            [
                "LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_MASK=80",
                "LXC_IPV6_ADDR=fd42:1::1 LXC_IPV6_MASK=96",
            ],
            ["LXC_IPV6_ADDR=fd42:1::1"],
        ] {
            #expect(
                Set(try result(settings, on: before).addresses) == Set(before.addresses),
                "\(settings)")
        }
    }
}
