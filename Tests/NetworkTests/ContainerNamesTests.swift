import Identity
import Linux
import Netlink
import Testing

@testable import Network

@Suite("Names of users' containers")
struct ContainerNamesTests {
    private static func address(_ number: Int) -> String { "b2:bf:00:00:00:0\(number)" }

    /// NICs of running containers, as `alice/web 1`: the label, and the last digit of the hardware
    /// address, which is also the index.
    private func facts(
        _ nics: [String], leases: String, published: [PublishedNames] = [],
        taken: Set<String> = []
    ) throws -> ContainerNames.Facts {
        var facts = ContainerNames.Facts()
        facts.nics = try nics.map { text in
            let words = text.split(separator: " ")
            let number = try #require(Int(words[1]))
            return AttachedNIC(
                label: try #require(ContainerLabel(words[0].utf8)),
                hardwareAddress: Self.address(number), index: Int32(number))
        }
        facts.leases = Leases.parse(Array(leases.utf8))
        facts.published = published
        facts.taken = taken
        return facts
    }

    /// A lease of the NIC with that digit.
    private func lease(_ number: Int, _ address: Int) -> String {
        "9 \(Self.address(number)) 10.0.3.\(address) * *\n"
    }

    private func network(_ text: String = "") throws -> DesiredNetwork {
        var facts = HostFacts()
        facts.userID = { _ in 2001 }
        facts.hardwareAddresses = { _, _, label in
            label.name.elementsEqual("web".utf8) ? [Self.address(9)] : [Self.address(8)]
        }
        return try #require(validated(text, facts: facts).network)
    }

    private func lines(_ names: ContainerNames) -> [String] {
        names.published.map { "\($0.address) \($0.names.joined(separator: " "))" }
    }

    @Test(
        "The first container keeps the short name while its lease lasts, then the next one gets it")
    func holders() throws {
        let nics = ["alice/web 5", "bob/web 3"]
        let leases = lease(5, 50) + lease(3, 30)
        // alice's NIC existed first, although its index is higher.
        let first = ContainerNames(try network(), try facts(["alice/web 5"], leases: lease(5, 50)))
        #expect(lines(first) == ["10.0.3.50 web.alice.lxc web.lxc web"])
        #expect(first.conflicts.isEmpty)
        var names = ContainerNames(
            try network(), try facts(nics, leases: leases, published: first.published))
        let both = ["10.0.3.30 web.bob.lxc", "10.0.3.50 web.alice.lxc web.lxc web"]
        #expect(lines(names) == both)
        #expect(
            names.conflicts == [
                "web.lxc belongs to alice/web, so bob/web has only the name web.bob.lxc"
            ])
        // While it restarts, it keeps the name.
        names = ContainerNames(
            try network(), try facts(["bob/web 3"], leases: leases, published: names.published))
        #expect(lines(names) == both)
        names = ContainerNames(
            try network(),
            try facts(["bob/web 3"], leases: lease(3, 30), published: names.published))
        #expect(lines(names) == ["10.0.3.30 web.bob.lxc web.lxc web"])
        // If nothing is recorded, as after a loss of the files, the older NIC is first.
        #expect(
            lines(ContainerNames(try network(), try facts(nics, leases: leases)))
                == ["10.0.3.30 web.bob.lxc web.lxc web", "10.0.3.50 web.alice.lxc"])
    }

    @Test("A reservation has the short name, whether or not its container is running")
    func reservations() throws {
        let network = try network("LXC_DHCP_HOSTS=alice/web,10.0.3.9")
        let held = [
            PublishedNames(
                address: try #require(IPv4Address("10.0.3.30")), hardwareAddress: Self.address(3),
                names: ["web.bob.lxc", "web.lxc", "web"])
        ]
        var names = ContainerNames(
            network, try facts(["bob/web 3"], leases: lease(3, 30), published: held))
        #expect(
            lines(names) == ["10.0.3.9 web.alice.lxc web.lxc web", "10.0.3.30 web.bob.lxc"])
        names = ContainerNames(network, try facts(["alice/web 9"], leases: lease(9, 9)))
        #expect(lines(names) == ["10.0.3.9 web.alice.lxc web.lxc web"])
        // Another client leases the address, and the container has a different one.
        let taken = "9 aa:bb:cc:00:00:02 10.0.3.9 vm *\n"
        names = ContainerNames(network, try facts(["alice/web 9"], leases: taken + lease(9, 77)))
        #expect(lines(names) == ["10.0.3.77 web.alice.lxc web.lxc web"])
        #expect(lines(ContainerNames(network, try facts([], leases: taken))).isEmpty)
    }

    @Test("A container that changes to another block of addresses keeps its names")
    func otherBlock() throws {
        let old = PublishedNames(
            address: try #require(IPv4Address("10.0.3.50")), hardwareAddress: Self.address(5),
            names: ["web.alice.lxc", "web.lxc", "web"])
        let names = ContainerNames(
            try network(),
            try facts(
                ["alice/web 6", "bob/web 3"], leases: lease(5, 50) + lease(6, 60) + lease(3, 30),
                published: [old]))
        #expect(
            lines(names) == ["10.0.3.30 web.bob.lxc", "10.0.3.60 web.alice.lxc web.lxc web"])
    }

    @Test("Names of this host, of its configuration and of other clients are not taken away")
    func others() throws {
        let leases = lease(1, 10) + lease(2, 20) + "9 aa:bb:cc:00:00:02 10.0.3.7 VM *\n"
        let facts = try facts(
            ["alice/printer 1", "alice/vm 2"], leases: leases, taken: ["printer.lxc"])
        let names = ContainerNames(try network(), facts)
        #expect(lines(names) == ["10.0.3.10 printer.alice.lxc", "10.0.3.20 vm.alice.lxc"])
        #expect(names.conflicts.count == 2)
    }

    @Test("No client gets a reserved name", arguments: DNSLabel.reserved)
    func reserved(name: String) throws {
        let facts = try facts(["alice/\(name) 1"], leases: lease(1, 10))
        #expect(
            lines(ContainerNames(try network(), facts)) == ["10.0.3.10 \(name).alice.lxc"])
    }

    @Test(
        "The name of a container becomes a DNS label",
        arguments: [
            ("web", "web"), ("My_Shop.2", "my-shop-2"), ("-a-", "a"), ("a..b", "a--b"),
            ("._.", nil), ("\u{1b}[2J", "2j"), ("caf\u{e9}", "caf"), ("0", "0"),
            (String(repeating: "x", count: 80), String(repeating: "x", count: 63)),
            (String(repeating: "x", count: 62) + ".y", String(repeating: "x", count: 62)),
        ] as [(String, String?)])
    func labels(name: String, label: String?) {
        #expect(DNSLabel.of(Array(name.utf8)) == label)
        #expect(label.map { HostName.isLabel($0) } ?? true)
    }

    @Test(
        "Of two containers with the same label, the first one has it, and the collision is reported"
    )
    func collision() throws {
        let names = ContainerNames(
            try network("LXC_DOMAIN=example.org"),
            try facts(["alice/a_b 1", "alice/a-b 2"], leases: lease(1, 10) + lease(2, 20)))
        #expect(
            lines(names) == ["10.0.3.10 a-b.alice.example.org a-b.example.org a-b"])
        #expect(
            names.conflicts == [
                "alice/a_b and alice/a-b would both be a-b.alice.example.org, so alice/a-b has no "
                    + "name: rename one of the containers"
            ])
    }

    @Test("The name of a further NIC of a container begins with its number")
    func numbers() throws {
        let names = ContainerNames(
            try network(),
            try facts(["alice/web 1", "alice/web:1 2"], leases: lease(1, 10) + lease(2, 20)))
        #expect(
            lines(names) == ["10.0.3.10 web.alice.lxc web.lxc web", "10.0.3.20 1.web.alice.lxc"])
    }

    @Test("A file of names is read as it was written, and other files are not read")
    func files() throws {
        for hardwareAddress in [nil, Self.address(1)] {
            let names = PublishedNames(
                address: try #require(IPv4Address("10.0.3.9")), hardwareAddress: hardwareAddress,
                names: ["web.alice.lxc", "web.lxc", "web"])
            #expect(PublishedNames(text: names.text) == names)
            #expect(names.file == "10.0.3.9")
        }
        for text in [
            "", "# reserved\n", "# reserved\n10.0.3.9\n", "10.0.3.9 web\n", "# reserved\nx web\n",
            "# reserved\n10.0.3.9 web\n10.0.3.8 db\n", "# reserved\n10.0.3.9  web\n",
            "# reserved\n10.0.3.9 w/b\n",
        ] {
            #expect(PublishedNames(text: text) == nil)
        }
    }

    @Test("dnsmasq is told whose names it must ignore")
    func arguments() throws {
        func words(_ text: String) throws -> [String] {
            let network = try network(text)
            return DnsmasqConfiguration(
                network: network, dnsPort: network.dns.port, user: "nobody", nameServers: []
            ).arguments
        }
        let managed = try words("")
        #expect(
            managed.filter { $0.contains("berth-nic") } == [
                "--dhcp-mac=set:berth-nic,b2:be:*:*:*:*", "--dhcp-mac=set:berth-nic,b2:bf:*:*:*:*",
                "--dhcp-ignore-names=tag:berth-nic",
            ])
        #expect(managed.contains("--hostsdir=/run/lxc/dnsmasq.lxcbr0.names.d"))
        #expect(managed.contains("lxc") && managed.contains("/lxc/"))
        let client = try words("LXC_DNS_NAMES=client")
        #expect(!client.contains { $0.contains("berth-") || $0.hasPrefix("--hostsdir") })
        #expect(!client.contains("/lxc/"))
        #expect(try !words("LXC_DNS_PORT=0").contains { $0.hasPrefix("--hostsdir") })
        #expect(try !words("LXC_DHCP=false").contains { $0.contains("berth-nic") })
        let reservation = "LXC_DHCP_HOSTS=web,10.0.3.9"
        #expect(
            DnsmasqConfiguration.reservations(try network(reservation))
                == "tag:!berth-nic,web,10.0.3.9\n")
        #expect(
            DnsmasqConfiguration.reservations(try network("LXC_DNS_NAMES=client \(reservation)"))
                == "web,10.0.3.9\n")
        #expect(validated("LXC_DNS_NAMES=none").problems.map(\.variable) == ["LXC_DNS_NAMES"])
    }

    @Test(
        "A dhcp-host line that any container could claim is reported",
        arguments: [
            ("dhcp-host=web,10.0.3.9", true), ("dhcp-host=02:00:00:00:00:07,web,10.0.3.9", false),
            ("dhcp-host=tag:!berth-nic,web,10.0.3.9", false), ("dhcp-host=id:x,10.0.3.9", false),
            ("dhcp-host=set:red,web,10.0.3.9", true),
        ])
    func claimable(line: String, isReported: Bool) {
        var facts = HostFacts()
        facts.dnsmasqFile = { path in
            DnsmasqFile(path, from: .init(contents: { _ in Array(line.utf8) }, names: { _ in [] }))
        }
        func isTold(_ text: String) -> Bool {
            validated("LXC_DHCP_CONFILE=/a \(text)", facts: facts).warnings.contains {
                $0.hasPrefix("/a:1: LXC_DHCP_CONFILE: ") && $0.contains("can be claimed by any")
            }
        }
        #expect(isTold("") == isReported)
        #expect(!isTold("LXC_DNS_NAMES=client"))
    }

    @Test("A reservation by host name that a running container would expect is reported")
    func ignoredReservation() throws {
        var port = try interface("veth0", index: 20, master: 7)
        port.alias = "lxc:alice/Web"
        port.address = MACAddress(bytes: [0xfe, 0xbf, 0, 0, 0, 1])
        var observed = ObservedNetwork()
        observed.interface = try interface("lxcbr0", index: 7, kind: .bridge)
        observed.ports = [port]
        func sentences(_ text: String) throws -> [String] {
            let network = try network(text)
            var warnings = HarmWarnings(desired: network, previous: network, observed: observed)
            warnings.leases = Leases.parse(
                Array("9 02:00:00:00:00:07 10.0.3.9 web *\n".utf8))
            return warnings.sentences
        }
        #expect(
            try sentences("LXC_DHCP_HOSTS=web,10.0.3.9").first?.contains(
                "does not apply to alice/Web, because any container can send any host name: if "
                    + "you mean that container, write \"alice/Web,10.0.3.9\"") == true)
        #expect(try sentences("LXC_DNS_NAMES=client LXC_DHCP_HOSTS=web,10.0.3.9").isEmpty)
    }

    @Test("The names that the administrator's file assigns are found")
    func administratorsNames() {
        let text = """
            dhcp-host=02:00:00:00:00:07,vm7,10.0.3.12,12h
            dhcp-host=set:x,other
            host-record=printer,printer.example.org,192.0.2.7
            cname=alias,printer
            """
        let file = DnsmasqFile(
            "/a", from: .init(contents: { _ in Array(text.utf8) }, names: { _ in [] }))
        for name in ["vm7", "other", "printer", "printer.example.org", "alias"] {
            #expect(file.clientNames.contains(name))
        }
        #expect(!file.clientNames.contains("10.0.3.12"))
    }
}
