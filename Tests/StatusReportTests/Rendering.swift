import Linux
import Terminal
import Testing

@testable import StatusReport

/// The text of a status.
@Suite
struct Rendering {
    private let plain = HostStatusText(TerminalCapabilities(colors: false, usesUnicode: true))

    @Test("two networks and three containers of two users are drawn as a tree")
    func tree() {
        #expect(
            plain.text(plain.lines(.example)) == """
                2 networks (1 not up), 2 users, 3 containers, 4 NICs (quotas: ? of 23), 3
                problems
                x network dmz0: incomplete: berth-net reload would make 2 changes, such as "+
                  dmz0: firewall table inet berth_dmz0"
                x network dmz0: the firewall chain ip filter FORWARD (docker) drops packets from
                  and to dmz0: run iptables -I DOCKER-USER -i dmz0 -j ACCEPT and iptables -I
                  DOCKER-USER -o dmz0 -j ACCEPT, or set LXC_FIREWALL_FOREIGN="true"
                ! alice/db: veth1000_Q9pL has no address

                Networks
                ├─ dmz0  incomplete  10.0.9.1/24  MTU 1400
                │  ├─ firewall   not as configured
                │  ├─ dnsmasq    not running
                │  ├─ missing    + dmz0: firewall table inet berth_dmz0
                │  ├─ missing    + dmz0: dnsmasq
                │  ╰─ blocked    the firewall chain ip filter FORWARD (docker) drops packets
                │                from and to dmz0: run iptables -I DOCKER-USER -i dmz0 -j ACCEPT
                │                and iptables -I DOCKER-USER -o dmz0 -j ACCEPT, or set
                │                LXC_FIREWALL_FOREIGN="true"
                ╰─ lxcbr0  up  10.0.3.1/24  fd42:1b2c::1/64
                   ├─ firewall   as configured, nft table inet berth_lxcbr0
                   ├─ dnsmasq    DHCP and DNS, process 812, 2 leases, 1 reservation
                   ╰─ forwards   tcp:8080=10.0.3.100:80

                Users               bridge  NIC   address        in   out  memory
                ├─ alice            lxcbr0 2 of 2                          53.0M of 2.0G
                │  ├─ db            lxcbr0  eth0  no address    900   450
                │  ├─ web           dmz0    eth0  10.0.9.7        0     0  30.0M of 40.0M
                │  ├─ web           lxcbr0  eth0  10.0.3.100  12.3M  6.1M
                │  ╰─ bash, vim, …                                          1.0M
                ├─ bob              dmz0 ? of 1
                │  ╰─ mail          dmz0    eth0  10.0.9.8     1.0T  512G
                ╰─ @staff           dmz0 1 of 20

                """)
    }

    @Test("a wider terminal shows more columns")
    func wide() {
        let wide = HostStatusText(plain.terminal, width: 140)
        let text = wide.text(wide.lines(.example))
        #expect(
            text.contains(
                """
                Users               bridge  NIC   address        in   out  memory     \
                               cpu     tasks       host NIC       charged to
                ├─ alice            lxcbr0 2 of 2                          53.0M of 2.\
                0G   ░░░░░░░░  1.25 s  14 of 2000
                │  ├─ db            lxcbr0  eth0  no address    900   450             \
                                                   veth1000_Q9pL
                │  ├─ web           dmz0    eth0  10.0.9.7        0     0  30.0M of 40\
                .0M  ██████░░  0.61 s  7           veth1000_aB1c  @staff
                │  ├─ web           lxcbr0  eth0  10.0.3.100  12.3M  6.1M             \
                                                   veth1000_Xy3Z
                │  ╰─ bash, vim, …                                          1.0M      \
                               0.00 s  2
                ├─ bob              dmz0 ? of 1                                       \
                               0.20 s
                │  ╰─ mail          dmz0    eth0  10.0.9.8     1.0T  512G             \
                                                   veth1001_0000
                ╰─ @staff           dmz0 1 of 20

                """))
    }

    @Test("without Unicode, trees are drawn with ASCII")
    func ascii() {
        let text = HostStatusText(TerminalCapabilities(colors: false, usesUnicode: false))
        let drawn = text.text(text.lines(.example))
        #expect(drawn.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a })
        #expect(drawn.contains("\n`- lxcbr0  up") && drawn.contains("\n|- bob "))
        let wide = HostStatusText(text.terminal, width: 140)
        #expect(wide.text(wide.lines(.example)).contains(" ######-- "))
    }

    @Test(
        "no line is wider than the terminal, however long the names are", arguments: [40, 80, 140])
    func width(columns: Int) {
        var status = HostStatus.example
        let long = String(repeating: "n", count: 30)
        status.nics?[0].container = UntrustedText(long)
        status.nics?[0].addresses = ["10.0.3.100", "fd42:1b2c:3d4e:5f60:cc65:3ff:fe62:1c66"]
        status.cgroups?.users[0].leaves[0].containers[0].name = UntrustedText(long)
        for number in 1...9 {
            status.quotas?.append(
                QuotaReport(owner: "alice", bridge: "bridge\(number)", used: 1, allowed: 2))
        }
        status.note(.nics, "a sentence " + String(repeating: "of many words ", count: 20))
        let narrow = HostStatusText(plain.terminal, width: columns)
        let lines = narrow.lines(status)
        for line in lines { #expect(line.width <= columns, "\(narrow.text([line]))") }
        let text = narrow.text(lines)
        for word in [long, "bridge9", "10.0.3.100"] where columns >= 80 {
            #expect(text.contains(word), "\(word)")
        }
        #expect(text.split(separator: " ").count { $0.hasPrefix("words") } == 20)
        // One line for each NIC.
        let rows = lines.map { narrow.text([$0]) }
        #expect(rows.count { $0.contains(long) || $0.contains("  web ") } <= 2)
    }

    @Test("colors are used only on a terminal, and not with NO_COLOR")
    func colors() {
        func terminal(_ isTerminal: Bool, _ variables: [String: String] = [:])
            -> TerminalCapabilities
        {
            TerminalCapabilities(isTerminal: isTerminal) { variables[$0] }
        }
        #expect(terminal(true).colors)
        #expect(!terminal(false).colors)
        #expect(!terminal(true, ["NO_COLOR": "1"]).colors)
        #expect(terminal(true, ["NO_COLOR": ""]).colors)
        #expect(!terminal(true, ["TERM": "dumb"]).colors)
        #expect(terminal(true, ["LANG": "de_DE.UTF-8"]).usesUnicode)
        #expect(!terminal(true, ["LANG": "C"]).usesUnicode)
        #expect(!terminal(true, ["LC_ALL": "C", "LANG": "C.UTF-8"]).usesUnicode)
        let colored = HostStatusText(TerminalCapabilities(colors: true, usesUnicode: true))
        let text = colored.text(colored.lines(.example))
        #expect(text.contains("\u{1b}[32mup\u{1b}[0m"))
        #expect(text.replacing(/\u{1b}\[\d+m/, with: "") == plain.text(plain.lines(.example)))
    }

    @Test("resources that the user cannot see are reported as not visible")
    func hidden() {
        var status = HostStatus(requester: .init(user: "bob", uid: 1001))
        status.nics = []
        status.leases = []
        #expect(plain.text(plain.nicTable(status)) == "no NICs\n")
        status.note(.nics, "3 NICs of other users, not visible to you")
        #expect(
            plain.text(plain.nicTable(status)) == "? 3 NICs of other users, not visible to you\n")
        status.note(.leases, "1 lease of other users, not visible to you")
        #expect(
            plain.text(plain.leaseTable(status)) == "? 1 lease of other users, not visible to you\n"
        )
        status.networks = []
        #expect(
            plain.text(plain.lines(status)).contains("? 3 NICs of other users, not visible to you"))
    }

    @Test("leases and NICs are printed as tables")
    func tables() {
        #expect(
            plain.text(plain.leaseTable(.example)) == """
                BRIDGE  ADDRESS     HARDWARE ADDRESS   HOST NAME  CONTAINER  ENDS IN
                lxcbr0  10.0.3.100  00:16:3e:11:22:33  web        alice/web   58 min
                lxcbr0  10.0.3.7    -                  -          -            never

                """)
        let nics = plain.nicTable(.example)
        #expect(nics.count == 5 && nics.allSatisfy { $0.width <= 80 })
        #expect(
            plain.text([nics[1]])
                == "lxcbr0  alice   web        eth0  veth1000_Xy3Z  10.0.3.100  12.3M  6.1M\n")
        let durations: [(UInt64, String)] = [
            (59, "59 s"), (3480, "58 min"), (5400, "2 h"), (172_800, "2 d"),
        ]
        for (seconds, text) in durations { #expect(HostStatusText.duration(seconds) == text) }
    }
}
