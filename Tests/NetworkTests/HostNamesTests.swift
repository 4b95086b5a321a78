import Network
import Testing

@Suite("The host's names for containers")
struct HostNamesTests {
    private func file(_ hosts: String, hostName: String = "myhost") throws -> String {
        let text = HostNames(hosts: hosts, hostName: hostName)
            .file(for: try network("LXC_DNS_NAMES=client LXC_IPV6_ADDR=fd42:1::1"))
        let localhost = "127.0.0.1 localhost\n::1 localhost\n"
        #expect(text.hasPrefix(localhost), "or a container could have this name")
        return String(text.dropFirst(localhost.count))
    }

    @Test("names are served in the network's domain, too, which resolvers of containers try first")
    func domain() throws {
        #expect(
            HostNames(
                hosts: "192.0.2.7 printer a.test printer.lxc\n192.0.2.8 b", hostName: "myhost"
            )
            .file(for: try network("LXC_DOMAIN=lxc LXC_IPV6_ENABLE=false"))
                == """
                127.0.0.1 localhost localhost.lxc
                10.0.3.1 myhost myhost.lxc
                192.0.2.7 printer a.test printer.lxc
                192.0.2.8 b b.lxc

                """)
    }

    private let own = "10.0.3.1 myhost.example.org myhost\nfd42:1::1 myhost.example.org myhost\n"

    @Test("loopback lines are omitted, and the host's own names resolve to the bridge's addresses")
    func debian() throws {
        let hosts = """
            # Debian's
            127.0.0.1\tlocalhost
            127.0.1.1\tmyhost.example.org\tmyhost # this one
            ::1 localhost ip6-localhost
            ff02::1 ip6-allnodes
            192.0.2.7 printer Other

            """
        #expect(
            try file(hosts) == own + "ff02::1 ip6-allnodes\n192.0.2.7 printer Other\n")
    }

    @Test(
        "loopback addresses are recognized in every notation",
        arguments: ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"])
    func loopback(address: String) throws {
        #expect(try !file("\(address) dev.test").contains("dev.test"))
    }

    @Test("the host's own name on a line with another address is replaced as well")
    func lan() throws {
        #expect(
            try file("192.0.2.1 myhost.example.org MYHOST www.example.org\n192.0.2.2 myhost2\n")
                == own.replacing(" myhost\n", with: " MYHOST\n")
                + "192.0.2.1 www.example.org\n192.0.2.2 myhost2\n")
    }

    @Test(
        "the host's name is served even if /etc/hosts does not contain it, or if it has a domain")
    func unlisted() throws {
        #expect(try file("").hasPrefix("10.0.3.1 myhost\n"))
        #expect(
            try file("127.0.1.1 myhost", hostName: "myhost.example.org")
                .hasPrefix("10.0.3.1 myhost myhost.example.org\n"))
        #expect(
            try file("192.0.2.5 myhost.other.org").hasSuffix("192.0.2.5 myhost.other.org\n"),
            "a name in another domain is another host's")
    }

    @Test(
        "strings that are not host names are omitted",
        arguments: ["", "localhost", "(none)", "a b", "-x"])
    func invalid(hostName: String) throws {
        #expect(try file("192.0.2.7 printer", hostName: hostName) == "192.0.2.7 printer\n")
    }

    @Test(
        "malformed lines are omitted",
        arguments: ["printer", "192.0.2 printer", "#", "1.2.3.4"])
    func lines(line: String) throws { #expect(try file(line, hostName: "") == "") }
}
