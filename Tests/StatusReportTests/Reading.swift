import Linux
import Network
import Testing

@testable import StatusReport

/// Parsers of files that users may have written.
@Suite
struct Reading {
    @Test("leases are read as dnsmasq writes them")
    func leases() {
        let file = """
            1763700000 00:16:3e:11:22:33 10.0.3.100 web 01:00:16:3e:11:22:33
            0 00:16:3e:44:55:66 10.0.3.7 * *
            duid 00:01:00:01:2b:5c:a0:b1:00:16:3e:00:00:00
            1763700000 15466564 fd42:1b2c::64 web 00:01:00:01:2b:5c:a0:b2:00:16:3e:11:22:33
            nonsense

            1763700000 00:16:3e:11:22:33 10.0.3.999 web *
            1763700000 00:16:3e:11:22:34 10.0.3.8 a\u{1b}[31m *
            """
        let leases = Leases.parse(Array(file.utf8))
        #expect(
            leases.map(\.address) == ["10.0.3.100", "10.0.3.7", "fd42:1b2c::64", "10.0.3.8"])
        #expect(leases[0].hardwareAddress == "00:16:3e:11:22:33")
        #expect(leases[0].ends == 1_763_700_000 && leases[1].ends == nil)
        #expect(leases[1].hostName == nil && leases[2].hardwareAddress == nil)
        #expect(leases[3].hostName?.escaped == #"a\033[31m"#)
    }

    @Test("the name of a container is read from its monitor and from its cgroup")
    func names() {
        func name(_ text: String) -> String? {
            ContainerNamespaces.monitored(by: Array(text.utf8)).map { printable($0) }
        }
        #expect(name("[lxc monitor] /home/alice/.local/share/lxc web\0") == "web")
        #expect(name("[lxc monitor] /a b/c d\0\0") == "d")
        #expect(name("[lxc monitor] web") == nil)
        #expect(name("/bin/sh\0[lxc monitor] /a b") == nil)
        #expect(name("[lxc monitor] /a \u{1b}]0;x\u{7}") == #"\033]0;x\007"#)
        func payload(_ text: String) -> String? {
            ContainerNamespaces.payload(of: Array(text.utf8)).map { printable($0) }
        }
        #expect(payload("0::/berth/u1000/run-a/lxc.payload.web/init.scope\n") == "web")
        #expect(payload("0::/lxc.payload.web/lxc.payload.inner\n") == "web")
        #expect(payload("1:cpu:/\n0::/lxc.monitor.web\n") == nil)
    }
}
