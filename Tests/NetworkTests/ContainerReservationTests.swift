import Identity
import Linux
import Netlink
import Testing

@testable import Network

@Suite("Reservations and forwards by USER/NAME")
struct ContainerReservationTests {
    /// Users alice, 2001, and root; addresses that contain the identity.
    private var facts: HostFacts {
        var facts = HostFacts()
        facts.userID = { name in
            ["alice": 2001, "root": 0][String(decoding: name, as: UTF8.self)]
        }
        facts.hardwareAddresses = { bridge, owner, label in
            ["b2:be:00:00:00:0\(label.number)", "b2:bf:00:00:00:0\(label.number)"]
        }
        return facts
    }

    private func network(_ text: String) throws -> DesiredNetwork {
        let result = validated(text, facts: facts)
        guard let network = result.network else { throw Refused(problems: result.problems) }
        return network
    }

    @Test("The address is reserved for both hardware addresses, whatever the line grants")
    func lines() throws {
        let network = try network(
            "LXC_DHCP_HOSTS='alice/web,10.0.3.9 alice/web:1,10.0.3.10 db,10.0.3.11'")
        #expect(
            DnsmasqConfiguration.reservations(network) == """
                b2:be:00:00:00:00,b2:bf:00:00:00:00,10.0.3.9
                b2:be:00:00:00:01,b2:bf:00:00:00:01,10.0.3.10
                tag:!berth-nic,db,10.0.3.11

                """)
        #expect(network.dhcp.reservations[1].container?.owner == 2001)
    }

    @Test("berth-nic gets the list of reserved addresses")
    func reservedList() throws {
        let network = try network("LXC_DHCP_HOSTS='alice/w\\040b:1,10.0.3.9'")
        let change = ReservedAddresses(of: [network]).change(from: nil)
        guard case .writeReservedAddresses(nil, let text?)? = change else {
            Issue.record("the list is not written")
            return
        }
        #expect(
            text == """
                lxcbr0 b2:be:00:00:00:01 2001 1 w\\040b
                lxcbr0 b2:bf:00:00:00:01 2001 1 w\\040b

                """)
        #expect(ReservedAddresses(of: [network]).change(from: text) == nil)
        #expect(ReservedAddresses(text: Array(text.utf8)) == ReservedAddresses(of: [network]))
        let removal = ReservedAddresses(of: []).change(from: text)
        guard case .writeReservedAddresses(text, nil)? = removal else {
            Issue.record("the list is not removed")
            return
        }
        let off = try self.network("LXC_DHCP=false LXC_DHCP_HOSTS=alice/web,10.0.3.9")
        #expect(ReservedAddresses(of: [off]).entries.isEmpty)
    }

    @Test(
        "A forward leads to the reserved address",
        arguments: [
            ("tcp:8080=alice/web:80", "10.0.3.9", 80), ("tcp:80=alice/web", "10.0.3.9", nil),
            ("udp:53=alice/web:1:5300", "10.0.3.10", 5300),
            ("tcp:80=alice/web:1:80", "10.0.3.10", nil),
            ("tcp:192.0.2.1:8000-8010=alice/web:1", "10.0.3.9", nil),
        ] as [(String, String, UInt16?)])
    func forwards(text: String, address: String, port: UInt16?) throws {
        let hosts = "LXC_DHCP_HOSTS='alice/web,10.0.3.9 alice/web:1,10.0.3.10'"
        guard !text.contains("8010") else {
            #expect(validated("\(hosts) LXC_FORWARDS=\(text)", facts: facts).network == nil)
            return
        }
        let forward = try #require(
            try network("\(hosts) LXC_FORWARDS=\(text)").forwards.first)
        #expect(forward.target.text == address && forward.targetPort == port)
        #expect(forward.description == text)
        let rules = NftDialect.script(
            FirewallRules(try network("\(hosts) LXC_FORWARDS=\(text)"), dnsPort: 53))
        #expect(rules.contains(address) && !rules.contains("alice"))
    }

    @Test(
        "A reservation that is not possible is refused with the variable, and with the fix",
        arguments: [
            ("LXC_DHCP_HOSTS=bob/web,10.0.3.9", "LXC_DHCP_HOSTS", "user bob, who does not exist"),
            ("LXC_DHCP_HOSTS=root/web,10.0.3.9", "LXC_DHCP_HOSTS", "container of root"),
            ("LXC_DHCP_HOSTS=alice/,10.0.3.9", "LXC_DHCP_HOSTS", "USER/NAME:NUMBER,ADDRESS"),
            ("LXC_DHCP_HOSTS=/web,10.0.3.9", "LXC_DHCP_HOSTS", "USER/NAME:NUMBER,ADDRESS"),
            ("LXC_DHCP_HOSTS=alice/web:x,10.0.3.9", "LXC_DHCP_HOSTS", "USER/NAME:NUMBER,ADDRESS"),
            ("LXC_DHCP_HOSTS=alice/web,10.0.4.9", "LXC_DHCP_HOSTS", "10.0.4.9"),
            ("LXC_DHCP_HOSTS=alice/web,10.0.3.9,web", "LXC_DHCP_HOSTS", "USER/NAME"),
            (
                "LXC_DHCP_HOSTS='alice/web,10.0.3.9 alice/web,10.0.3.8'", "LXC_DHCP_HOSTS",
                "conflicts with \"alice/web,10.0.3.9\""
            ),
            (
                "LXC_FORWARDS=tcp:80=alice/web:80", "LXC_FORWARDS",
                "add \"alice/web,10.0.3.2\" to LXC_DHCP_HOSTS"
            ),
            (
                "LXC_DHCP_HOSTS='alice/db,10.0.3.2' LXC_FORWARDS=tcp:80=alice/web:80",
                "LXC_FORWARDS", "add \"alice/web,10.0.3.3\" to LXC_DHCP_HOSTS"
            ),
            (
                "LXC_DHCP=false LXC_DHCP_HOSTS=alice/web,10.0.3.9 LXC_FORWARDS=tcp:80=alice/web:80",
                "LXC_FORWARDS", "LXC_DHCP is false"
            ),
            ("LXC_FORWARDS=tcp:80=alice/web:80:80:80", "LXC_FORWARDS", "USER/NAME:NUMBER:PORT"),
            (
                "LXC_DHCP_HOSTS=alice/web,10.0.3.9 LXC_FORWARDS=tcp:80=alice/web:99999",
                "LXC_FORWARDS", "a port from 1 to 65535"
            ),
        ])
    func refused(text: String, variable: String, sentence: String) throws {
        let problems = validated(text, facts: facts).problems
        #expect(problems.map(\.variable) == [variable])
        #expect(problems.first?.sentence.contains(sentence) == true, "\(problems)")
        #expect(problems.first?.place?.line == 1)
    }

    @Test("Without the key, the network comes up, and a warning names the setting")
    func withoutKey() throws {
        var facts = facts
        facts.hardwareAddresses = { _, _, _ in [] }
        facts.identityKeyProblem = "/etc/lxc/berth.key cannot be created"
        let result = validated(
            "LXC_DHCP_HOSTS=alice/web,10.0.3.9 LXC_FORWARDS=tcp:80=alice/web:80", facts: facts)
        let network = try #require(result.network)
        #expect(DnsmasqConfiguration.reservations(network).isEmpty)
        #expect(network.forwards.first?.target.text == "10.0.3.9")
        #expect(
            result.warnings.contains {
                $0.hasPrefix("/etc/default/lxc-net:1: LXC_DHCP_HOSTS: ")
                    && $0.contains("alice/web") && $0.contains("berth.key cannot be created")
            })
    }

    @Test("The record keeps the containers of reservations and forwards")
    func record() throws {
        let network = try network(
            "LXC_DHCP_HOSTS=alice/web,10.0.3.9 LXC_FORWARDS=tcp:80=alice/web:80")
        var record = Record.empty
        record.update(try PlanTests.applied(network).1)
        #expect(try Record.decoded(record.encoded).networks.first?.desired == network)
    }

    @Test("The address that another client leases is reported; a stopped container is not")
    func warnings() throws {
        var observed = ObservedNetwork()
        observed.interface = try interface("lxcbr0", index: 7, kind: .bridge)
        observed.ports = [try interface("veth0", index: 20, master: 7)]
        let network = try network("LXC_DHCP_HOSTS=alice/web,10.0.3.9")
        func sentences(_ leases: String) -> [String] {
            var warnings = HarmWarnings(desired: network, previous: network, observed: observed)
            warnings.leases = Leases.parse(Array(leases.utf8))
            return warnings.sentences
        }
        #expect(sentences("").isEmpty)
        #expect(sentences("9 b2:bf:00:00:00:00 10.0.3.9 * *\n").isEmpty)
        let taken = sentences("9 aa:bb:cc:00:00:02 10.0.3.9 db *\n")
        #expect(taken.count == 1)
        #expect(
            taken.first?.contains(
                "\"alice/web,10.0.3.9\" has no effect yet: the address is leased to") == true)
    }

    @Test(
        "The options that dnsmasq supports are read from its binary",
        arguments: [
            ("\u{7f}ELF\0dhcp-authoritative\0dhcp-ignore-clid\0fast-dns-retry\0", true, true),
            ("\u{7f}ELF\0dhcp-authoritative\0", false, false),
            ("\u{7f}ELF\0dhcp-ignore-clid\0", true, false),
            ("#!/bin/sh\nexec /opt/dnsmasq \"$@\"\n", true, true), ("", true, true),
        ])
    func features(program: String, ignoresClientIDs: Bool, forgets: Bool) throws {
        var capabilities = HostCapabilities()
        capabilities.dnsmasqFeatures = DnsmasqFeatures(program: Array(program.utf8))
        #expect(capabilities.dnsmasqFeatures.ignoresClientIDs == ignoresClientIDs)
        #expect(capabilities.dnsmasqFeatures.forgetsRemovedNames == forgets)
        let words = Planner(capabilities).configuration(try network(""), ObservedNetwork())
            .arguments
        #expect(words.contains("--dhcp-ignore-clid") == ignoresClientIDs)
    }
}
