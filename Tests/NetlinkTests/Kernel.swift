import Linux
import Netlink
import TestSupport
import Testing

/// The messages, as the kernel takes them.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct Kernel {
    @Test("a link is found with its kind, or is not there")
    func links() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            shell(
                "ip link set br0 mtu 1300; ip link add name v0 type veth peer name v1; ip link set v0 master br0"
            )
            let kernel = try RouteSocket.connect()
            let bridge = try kernel.link(named: name("br0"))
            expect(bridge?.kind, is: .bridge)
            expect(bridge?.mtu, is: 1300)
            let port = try kernel.link(named: name("v0"))
            expect(port?.kind, is: .veth)
            expect(port?.master, is: bridge?.index)
            expect(port?.peerNamespace, is: nil)
            expect(try kernel.link(named: name("lo"))?.kind, is: .other)
            expect(try kernel.link(named: name("nosuch")), is: nil)
            expect(try kernel.exists(name("v1")))
            expect(try !kernel.exists(name("v2")))
        }
    }

    @Test("a refusal says what was asked, the number, and the kernel's words")
    func refusals() async {
        await #expect(processExitsWith: .success) {
            _ = try Host.enter()
            shell("ip link add name v0 type veth peer name v1")
            let kernel = try RouteSocket.connect()
            let link = try #require(try kernel.link(named: name("v0")))
            try kernel.delete(link)
            let again = refusal { () throws(NetlinkError) in try kernel.delete(link) }
            expect(again?.errno, is: .noDevice)
            expect(again?.description, is: "cannot delete v0: No such device")

            shell("ip link add name v0 type veth peer name v1")
            let free = try #require(try kernel.link(named: name("v0")))
            var options = PortOptions()
            options.isIsolated = true
            let noPort = refusal { () throws(NetlinkError) in try kernel.set(options, on: free) }
            expect(noPort?.description.hasPrefix("cannot set port options of v0: "), is: true)
        }
    }
}

private func name(_ text: String) throws -> InterfaceName {
    try #require(InterfaceName(text.utf8))
}

private func refusal(_ body: () throws(NetlinkError) -> Void) -> NetlinkError? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}
