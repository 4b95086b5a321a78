import Glibc
import Linux
import Netlink
import TestSupport
import Testing

/// Netlink messages, tested against the kernel.
@Suite(.enabled(if: Host.obstacle == nil, "\(Host.obstacle ?? "")"))
struct Kernel {
    @Test("an interface is found with its attributes, and a missing one gives nil")
    func interfaces() async {
        await #expect(processExitsWith: .success) {
            let host = try Host.enter()
            host.addBridges("br0")
            shell(
                """
                ip link set br0 mtu 1300; ip link add name v0 type veth peer name v1
                ip link set v0 master br0
                """
            )
            let kernel = try RouteSocket.connect()
            let bridge = try kernel.interface(named: name("br0"))
            expect(bridge?.kind, is: .bridge)
            expect(bridge?.mtu, is: 1300)
            let port = try kernel.interface(named: name("v0"))
            expect(port?.kind, is: .veth)
            expect(port?.master, is: bridge?.index)
            expect(port?.peerNamespace, is: nil)
            expect(try kernel.interface(named: name("lo"))?.kind, is: .noKind)
            expect(try kernel.interface(named: name("nosuch")), is: nil)
            expect(try kernel.exists(name("v1")))
            expect(try !kernel.exists(name("v2")))
        }
    }

    @Test("an error has the operation, the error number and the kernel's explanation")
    func refusals() async {
        await #expect(processExitsWith: .success) {
            _ = try Host.enter()
            shell("ip link add name v0 type veth peer name v1")
            let kernel = try RouteSocket.connect()
            let v0 = try name("v0")
            let first = try #require(try kernel.interface(named: v0)).index
            try kernel.delete(v0, at: first)
            let again = refusal { () throws(NetlinkError) in try kernel.delete(v0, at: first) }
            expect(again?.errno, is: .ENODEV)
            expect(again?.description, is: "cannot delete v0: No such device")

            shell("ip link add name v0 type veth peer name v1")
            let second = try #require(try kernel.interface(named: v0)).index
            let noPort = refusal { () throws(NetlinkError) in
                try kernel.set(v0, at: second, port: PortOptions(isIsolated: true))
            }
            expect(noPort?.description.hasPrefix("cannot set port options of v0: "), is: true)
        }
    }

    @Test("a reply that another process sends is ignored")
    func forgeries() async {
        await #expect(processExitsWith: .success) {
            _ = try Host.enter()
            let kernel = try RouteSocket.connect()
            // The first request binds the socket.
            expect(try kernel.interface(named: name("lo"))?.kind, is: .noKind)
            let forged = python("forge-reply", ["\(getpid())"])
            expect(forged.output, is: "1\n", "\(forged)")
            expect(try kernel.interface(named: name("nosuch")), is: nil)
            expect(try kernel.interface(named: name("lo"))?.kind, is: .noKind)
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
