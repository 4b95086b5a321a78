import Netlink
import Testing

@testable import Network

@Suite("A bridge that connects the host to other networks is refused")
struct HostBridgeTests {
    private func facts(
        _ kind: LinkKind?, hasDevice: Bool = false, route: Route? = nil
    ) throws -> HostFacts {
        var interfaces = [try interface("br0", index: 7, kind: .bridge)]
        if let kind {
            var port = try interface("eth9", index: 8, kind: kind, master: 7)
            port.hasDevice = hasDevice
            interfaces.append(port)
        }
        return HostFacts(interfaces: interfaces, routes: [route].compactMap { $0 })
    }

    @Test(
        "a bridge with a port that leads to other hosts is refused",
        arguments: [
            (LinkKind.noKind, true, "eth9 is a network card"), (.vlan, false, "eth9 is a VLAN"),
            (.bond, false, "eth9 is a bond"), (.other, false, "eth9 is a link to another network"),
        ])
    func refused(kind: LinkKind, hasDevice: Bool, reason: String) throws {
        var facts = try facts(kind, hasDevice: hasDevice)
        let result = validated("LXC_BRIDGE=br0", facts: facts)
        #expect(result.network == nil)
        let problem = try #require(result.problems.first).description
        #expect(problem.hasPrefix("/etc/default/lxc-net:1: LXC_BRIDGE: br0 "))
        #expect(problem.contains(reason))
        #expect(problem.contains("USE_LXC_BRIDGE=\"false\""))
        #expect(problem.contains("lxc-usernet"))
        facts.ownBridges = [try #require(BridgeName("br0"))]
        let own = validated("LXC_BRIDGE=br0", facts: facts)
        #expect(own.network != nil)
        #expect(own.warnings.contains { $0.contains(reason) })
    }

    @Test(
        "a bridge whose ports are those of containers and virtual machines is accepted",
        arguments: [LinkKind.veth, .tun, .dummy, .noKind, nil])
    func accepted(kind: LinkKind?) throws {
        let result = validated("LXC_BRIDGE=br0", facts: try facts(kind))
        #expect(result.problems.isEmpty)
        #expect(result.warnings.isEmpty)
    }

    @Test(
        "a bridge with a default route is refused, even if the route has several next hops",
        arguments: [4, 16])
    func defaultRoute(size: Int) throws {
        var route = Route(
            destination: [UInt8](repeating: 0, count: size), prefixLength: 0,
            interface: InterfaceIndex(7), isConnected: false, mtu: nil, isAdvertised: false,
            metric: 0)
        func problem() throws -> String? {
            validated("LXC_BRIDGE=br0", facts: try facts(nil, route: route)).problems.first?
                .description
        }
        #expect(try problem()?.contains("default route") == true)
        route = Route(
            destination: route.destination, prefixLength: 0, interface: nil, isConnected: false,
            mtu: nil, isAdvertised: false, metric: 0)
        #expect(try problem() == nil)
        route.nextHops = [InterfaceIndex(3), InterfaceIndex(7)]
        #expect(try problem()?.contains("default route") == true)
    }
}
