import Netlink
import Network
import Testing

@Suite("Warnings of what a change does")
struct HarmWarningsTests {
    /// - Parameter ports: how many containers are running.
    private func warnings(
        _ text: String, before: String = "", ports: Int = 1, leases: String = ""
    ) throws -> HarmWarnings {
        var observed = ObservedNetwork()
        observed.interface = try interface("lxcbr0", index: 7, kind: .bridge)
        observed.ports = try (0..<ports).map {
            try interface("veth\($0)", index: Int32(20 + $0), master: 7)
        }
        var warnings = HarmWarnings(
            desired: try network(text), previous: try network(before), observed: observed)
        warnings.leases = Leases.parse(Array(leases.utf8))
        warnings.owners = ["veth0": "alice"]
        return warnings
    }

    @Test(
        "Warnings name the containers that a change disconnects",
        arguments: [
            ("LXC_NETWORK=10.0.9.0/24", "range of lxcbr0 changes from 10.0.3.0/24 to 10.0.9.0/24"),
            ("LXC_ADDR=10.0.3.254", "address of lxcbr0 changes from 10.0.3.1 to 10.0.3.254"),
            ("LXC_BRIDGE_MTU=1400", "the MTU of lxcbr0 shrinks from 1500 to 1400"),
            ("LXC_IPV6_ADDR=fd42:9::1", "the IPv6 range of lxcbr0 changes"),
            ("LXC_IPV6_ENABLE=false", "IPv6 is removed from lxcbr0"),
            ("LXC_DHCP=false LXC_IPV6_RA=true", "lxcbr0 no longer has DHCP"),
        ])
    func cutOff(text: String, expected: String) throws {
        let lease = "9 aa:bb:cc:00:00:02 10.0.3.7 web *\n"
        let sentences = try warnings(text, ports: 2, leases: lease).sentences
        #expect(sentences.count == 1 && sentences[0].contains(expected))
        #expect(
            sentences[0].contains("the containers on veth0 (alice), veth1 (leases: web 10.0.3.7)"))
        #expect(try warnings(text, ports: 0, leases: lease).sentences.isEmpty)
    }

    @Test(
        "There is no warning of a change that disconnects no container",
        arguments: [
            "", "LXC_BRIDGE_MTU=1500", "LXC_ISOLATE=true", "LXC_DOMAIN=lxc", "LXC_RPFILTER=false",
        ])
    func harmless(text: String) throws {
        #expect(try warnings(text).sentences.isEmpty)
        #expect(try warnings("", before: "LXC_BRIDGE_MTU=9000").sentences.isEmpty)
    }

    @Test("A long list is cut, and names that containers chose are escaped")
    func listed() throws {
        let leases = (2..<22).map { "9 aa:bb:cc:00:00:\($0 + 10) 10.0.3.\($0) a\u{1b}b *\n" }
        let sentence = try #require(
            try warnings("LXC_NETWORK=10.0.9.0/24", ports: 20, leases: leases.joined())
                .sentences.first)
        #expect(sentence.contains("veth7 and 12 more") && sentence.contains("a\\033b 10.0.3.2"))
    }

    @Test(
        "A forward that takes a port from a program of the host is reported",
        arguments: [
            ("tcp:22=10.0.3.9", [0, 0, 0, 0], 22, true),
            ("tcp:22=10.0.3.9", [192, 0, 2, 1], 22, true),
            ("tcp:20-30=10.0.3.9", [0, 0, 0, 0], 22, true),
            ("tcp:22=10.0.3.9", [127, 0, 0, 1], 22, false),
            ("udp:22=10.0.3.9", [0, 0, 0, 0], 22, false),
            ("tcp:2222=10.0.3.9:22", [0, 0, 0, 0], 22, false),
            ("tcp:192.0.2.1:22=10.0.3.9", [0, 0, 0, 0], 22, true),
            ("tcp:192.0.2.1:22=10.0.3.9", [192, 0, 2, 1], 22, true),
            ("tcp:192.0.2.2:22=10.0.3.9", [192, 0, 2, 1], 22, false),
            ("tcp:22=10.0.3.9", [UInt8](repeating: 0, count: 16), 22, true),
            ("tcp:22=10.0.3.9", [UInt8](repeating: 0, count: 15) + [1], 22, false),
            ("tcp:22=[fd01::9]", [0, 0, 0, 0], 22, false),
            ("tcp:22=[fd01::9]", [UInt8](repeating: 0, count: 16), 22, true),
        ] as [(String, [UInt8], UInt16, Bool)])
    func takenPort(forward: String, address: [UInt8], port: UInt16, isTaken: Bool) throws {
        let settings = "LXC_IPV6_ADDR=fd01::1 LXC_DHCP_HOSTS=web,10.0.3.9 LXC_FORWARDS=\(forward)"
        var warnings = try warnings(settings, before: settings, ports: 0)
        warnings.sockets = Sockets([.init(.tcp, address: address, port: port)])
        warnings.holder = { _ in "sshd (process 812)" }
        #expect(
            warnings.sentences.contains {
                $0.contains("takes port \(port) from sshd (process 812)")
            }
                == isTaken)
        #expect(warnings.sentences.isEmpty != isTaken)
    }

    @Test("Sockets that accept connections or datagrams are parsed; others are not")
    func sockets() {
        let text = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
               0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 111 1
               1: 010002C0:D431 020002C0:0050 01 00000000:00000000 00:00000000 00000000 0 0 112 1
            """
        #expect(
            Sockets.parsed(text, .tcp).map(\.address) == [[127, 0, 0, 1]]
                && Sockets.parsed(text, .tcp).map(\.port) == [22])
        #expect(Sockets.parsed(text, .udp).isEmpty)
    }

    @Test("A forward to an address that no container has is reported")
    func unusedForward() throws {
        let forward = "LXC_FORWARDS=tcp:80=10.0.3.222:80"
        func warns(
            _ text: String, ports: Int = 1, leases: String = "", _ neighbors: Set<String> = []
        )
            throws -> Bool
        {
            var warnings = try warnings(text, before: text, ports: ports, leases: leases)
            warnings.neighbors = neighbors
            return warnings.sentences.contains { $0.contains("leads to 10.0.3.222") }
        }
        #expect(try warns(forward))
        #expect(try warns(forward, ports: 0), "another container can lease it")
        #expect(try !warns(forward, leases: "9 aa:bb:cc:00:00:02 10.0.3.222 web *\n"))
        #expect(try !warns(forward, ["10.0.3.222"]))
        #expect(try !warns("\(forward) LXC_DHCP_HOSTS=web,10.0.3.222"))
        let outside = "\(forward) LXC_DHCP_RANGE=10.0.3.2,10.0.3.9"
        #expect(try warns(outside))
        #expect(try !warns(outside, ports: 0), "a container with a fixed address can start")
        let many = (1...10).map { "tcp:\($0)=10.0.3.222:80" }.joined(separator: " ")
        let settings = "LXC_FORWARDS='\(many)'"
        let sentences = try warnings(settings, before: settings).sentences
        #expect(sentences.count == 1)
        #expect(
            sentences[0].contains("\"tcp:8=10.0.3.222:80\" and 2 more: reserve these addresses"))
    }

    @Test("A reservation that no container uses is reported, and one whose address is leased")
    func reservations() throws {
        let settings = "LXC_DHCP_HOSTS='web,10.0.3.9 aa:bb:cc:00:00:02,10.0.3.10'"
        func sentences(_ leases: String, ports: Int = 1) throws -> [String] {
            try warnings(settings, before: settings, ports: ports, leases: leases).sentences
        }
        #expect(try sentences("", ports: 0).isEmpty)
        let nobody = try sentences("")
        #expect(
            nobody.count == 1
                && nobody[0].contains("\"web,10.0.3.9\", \"aa:bb:cc:00:00:02,10.0.3.10\""))
        #expect(
            try sentences(
                "9 aa:00:00:00:00:01 10.0.3.9 WEB *\n9 AA:BB:CC:00:00:02 10.0.3.77 * *\n"
            ).isEmpty)
        let taken = try sentences(
            "9 aa:00:00:00:00:01 10.0.3.9 db *\n9 aa:bb:cc:00:00:02 10.0.3.10 * *\n")
        #expect(
            taken.count == 1
                && taken[0].contains("is leased to aa:00:00:00:00:01 (db) until that lease ends"))
    }
}
