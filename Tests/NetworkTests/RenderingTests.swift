import Linux
import Network
import Testing

@Suite("Firewall rules and dnsmasq arguments")
struct RenderingTests {
    @Test("The nft transaction of a network with a forward is rendered")
    func nft() throws {
        let network = try network("LXC_IPV6_ENABLE=false LXC_FORWARDS=tcp:25=10.0.3.9:587")
        #expect(
            NftDialect.script(FirewallRules(network, dnsPort: 53)) == """
                add table inet berth_lxcbr0
                flush table inet berth_lxcbr0
                add chain inet berth_lxcbr0 sources { type filter hook prerouting priority -300; \
                policy accept; }
                add chain inet berth_lxcbr0 input { type filter hook input priority 0; policy \
                accept; }
                add chain inet berth_lxcbr0 forward { type filter hook forward priority 0; policy \
                accept; }
                add chain inet berth_lxcbr0 prerouting { type nat hook prerouting priority -100; \
                policy accept; }
                add chain inet berth_lxcbr0 output { type nat hook output priority -100; policy \
                accept; }
                add chain inet berth_lxcbr0 postrouting { type nat hook postrouting priority 100; \
                policy accept; }
                add chain inet berth_lxcbr0 answers { type filter hook postrouting priority -150; \
                policy accept; }
                add chain inet berth_lxcbr0 port_forwards
                add rule inet berth_lxcbr0 sources ether daddr & ff:ff:ff:ff:ff:f0 == \
                01:80:c2:00:00:00 counter drop
                add rule inet berth_lxcbr0 sources iifname "lxcbr0" ip saddr 0.0.0.0 udp dport 67 \
                accept
                add rule inet berth_lxcbr0 sources iifname "lxcbr0" ip6 saddr :: meta l4proto 58 \
                accept
                add rule inet berth_lxcbr0 sources iifname "lxcbr0" ip6 saddr fe80::/10 accept
                add rule inet berth_lxcbr0 sources iifname "lxcbr0" fib saddr . iif oif missing \
                counter drop
                add rule inet berth_lxcbr0 input iifname "lxcbr0" udp dport 67 accept
                add rule inet berth_lxcbr0 input iifname "lxcbr0" tcp dport 67 accept
                add rule inet berth_lxcbr0 input iifname "lxcbr0" udp dport 53 accept
                add rule inet berth_lxcbr0 input iifname "lxcbr0" tcp dport 53 accept
                add rule inet berth_lxcbr0 forward iifname "lxcbr0" accept
                add rule inet berth_lxcbr0 forward oifname "lxcbr0" accept
                add rule inet berth_lxcbr0 postrouting ip saddr 10.0.3.0/24 ip daddr != \
                10.0.3.0/24 counter masquerade
                add rule inet berth_lxcbr0 answers oifname "lxcbr0" meta nfproto ipv4 udp dport 68 \
                udp checksum set 0
                add rule inet berth_lxcbr0 prerouting jump port_forwards
                add rule inet berth_lxcbr0 output jump port_forwards
                add rule inet berth_lxcbr0 port_forwards ip daddr != 127.0.0.0/8 fib daddr type \
                local dnat ip to tcp dport map { 25 : 10.0.3.9 . 587 }
                add rule inet berth_lxcbr0 postrouting ip saddr 10.0.3.0/24 ip daddr . tcp dport { \
                10.0.3.9 . 587 } ct status & dnat == dnat masquerade

                """)
    }

    @Test("Forwards of single ports share a map; a range has its own rule")
    func portForwards() throws {
        let network = try network(
            "LXC_IPV6_ADDR=fd01::1 LXC_FORWARDS='tcp:25=10.0.3.9:587 tcp:80=10.0.3.9 "
                + "tcp:26=10.0.3.9:587 tcp:8-9=10.0.3.9 udp:192.0.2.1:53=10.0.3.8 "
                + "tcp:[fd01::1]:8=[fd01::9]:9'")
        let rules = NftDialect.script(FirewallRules(network, dnsPort: 53)).split(separator: "\n")
            .map { String($0).replacing("add rule inet berth_lxcbr0 ", with: "") }
        let local = "ip daddr != 127.0.0.0/8 fib daddr type local"
        #expect(
            rules.filter { $0.hasPrefix("port_forwards ") } == [
                "port_forwards \(local) dnat ip to tcp dport map { 25 : 10.0.3.9 . 587, "
                    + "80 : 10.0.3.9 . 80, 26 : 10.0.3.9 . 587 }",
                "port_forwards \(local) tcp dport 8-9 dnat ip to 10.0.3.9",
                "port_forwards ip daddr 192.0.2.1 dnat ip to udp dport map { 53 : 10.0.3.8 . 53 }",
                "port_forwards ip6 daddr fd01::1 dnat ip6 to tcp dport map { 8 : fd01::9 . 9 }",
            ])
        let translated = " ct status & dnat == dnat masquerade"
        let hairpins = rules.filter { $0.hasPrefix("postrouting ") && $0.hasSuffix(translated) }
        #expect(
            hairpins == [
                "postrouting ip saddr 10.0.3.0/24 ip daddr . tcp dport { 10.0.3.9 . 587, "
                    + "10.0.3.9 . 80 }\(translated)",
                "postrouting ip saddr 10.0.3.0/24 ip daddr 10.0.3.9 tcp dport 8-9\(translated)",
                "postrouting ip saddr 10.0.3.0/24 ip daddr . udp dport { 10.0.3.8 . 53 }"
                    + translated,
                "postrouting ip6 saddr fd01::/64 ip6 daddr . tcp dport { fd01::9 . 9 }"
                    + translated,
            ])
        let others = FirewallRules(try self.network("LXC_IPV6_ENABLE=false"), dnsPort: 53)
        #expect(!NftDialect.script(others).contains("jump"))
    }

    @Test("The iptables rules of a network with all settings are rendered")
    func iptables() throws {
        let network = try network(
            "LXC_IPV6_ADDR=fd01::1 LXC_ISOLATE=true "
                + "LXC_FORWARDS='tcp:25=10.0.3.9:587 udp:[fd01::1]:8-9=[fd01::9]'")
        let rules = FirewallRules(network, dnsPort: 53)
        func rendered(_ family: IptablesDialect.Family) -> [String] {
            IptablesDialect.rendered(rules, for: family).map {
                "\($0.table) \($0.text)"
                    .replacing(" -m comment --comment berth-net:lxcbr0 -j ", with: " => ")
            }
        }
        let input = ["67", "53"].flatMap { port in
            ["udp", "tcp"].map {
                "filter -A INPUT -i lxcbr0 -p \($0) -m \($0) --dport \(port) => ACCEPT"
            }
        }
        let source = ["raw -A PREROUTING -i lxcbr0 -m rpfilter --invert => DROP"]
        let forward = [
            "filter -A FORWARD -i lxcbr0 -o lxcbr0 -m conntrack ! --ctstate DNAT => DROP",
            "filter -A FORWARD -i lxcbr0 => ACCEPT", "filter -A FORWARD -o lxcbr0 => ACCEPT",
        ]
        let local = "! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL"
        #expect(
            rendered(.ipv4) == source + input + forward + [
                "nat -A POSTROUTING -s 10.0.3.0/24 ! -d 10.0.3.0/24 => MASQUERADE",
                "mangle -A POSTROUTING -o lxcbr0 -p udp -m udp --dport 68 => "
                    + "CHECKSUM --checksum-fill",
                "nat -A PREROUTING \(local) -p tcp -m tcp --dport 25 => "
                    + "DNAT --to-destination 10.0.3.9:587",
                "nat -A OUTPUT \(local) -p tcp -m tcp --dport 25 => "
                    + "DNAT --to-destination 10.0.3.9:587",
                "nat -A POSTROUTING -s 10.0.3.0/24 -d 10.0.3.9 -p tcp -m tcp --dport 587 "
                    + "-m conntrack --ctstate DNAT => MASQUERADE",
            ])
        let discovery = [133, 135, 136].map {
            "filter -A INPUT -i lxcbr0 -p ipv6-icmp -m icmp6 --icmpv6-type \($0) => ACCEPT"
        }
        let ports = "-p udp -m udp --dport 8:9"
        #expect(
            rendered(.ipv6) == source + input + discovery + forward + [
                "nat -A POSTROUTING -s fd01::/64 ! -d fd01::/64 => MASQUERADE",
                "nat -A PREROUTING -d fd01::1 \(ports) => DNAT --to-destination fd01::9",
                "nat -A OUTPUT -d fd01::1 \(ports) => DNAT --to-destination fd01::9",
                "nat -A POSTROUTING -s fd01::/64 -d fd01::9 \(ports) -m conntrack "
                    + "--ctstate DNAT => MASQUERADE",
            ])
    }

    @Test("iptables rules are found by their comment, or as lxc-net's, and removed")
    func iptablesSteps() throws {
        let saved = """
            # Generated
            *nat
            :POSTROUTING ACCEPT [0:0]
            -A POSTROUTING -s 10.0.3.0/24 ! -d 10.0.3.0/24 -m comment --comment "berth-net:lxcbr0" \
            -j MASQUERADE
            -A POSTROUTING -s 10.1.0.0/24 -m comment --comment "berth-net:lxcbr01" -j MASQUERADE
            COMMIT
            *filter
            -A INPUT -i lxcbr0 -p udp -m udp --dport 67 -j ACCEPT
            -A INPUT -i lxcbr0 -p tcp -m tcp --dport 22 -j ACCEPT
            COMMIT
            """
        let bridge = try #require(BridgeName("lxcbr0"))
        let present = IptablesDialect.lines(in: saved, of: bridge)
        #expect(present.map(\.table) == ["nat"])
        let lxcNet = IptablesDialect.lxcNetLines(in: saved, of: bridge)
        #expect(lxcNet.map(\.text) == ["-A INPUT -i lxcbr0 -p udp -m udp --dport 67 -j ACCEPT"])
        let steps = IptablesDialect.steps(.ipv4, adding: [], removing: present + lxcNet)
        #expect(
            steps.map(\.apply) == [
                """
                *nat
                -D POSTROUTING -s 10.0.3.0/24 ! -d 10.0.3.0/24 -m comment --comment \
                "berth-net:lxcbr0" -j MASQUERADE
                COMMIT

                """,
                """
                *filter
                -D INPUT -i lxcbr0 -p udp -m udp --dport 67 -j ACCEPT
                COMMIT

                """,
            ])
        #expect(
            steps.last?.undo == """
                *filter
                -I INPUT 1 -i lxcbr0 -p udp -m udp --dport 67 -j ACCEPT
                COMMIT

                """)
    }

    @Test("dnsmasq gets the arguments that lxc-net gives it")
    func dnsmasq() throws {
        let network = try network(
            "LXC_DOMAIN=lxc LXC_DHCP_PING=false LXC_IPV6_ADDR=fd01::1 LXC_BRIDGE_MTU=1400")
        let words = DnsmasqConfiguration(
            network: network, dnsPort: 53, user: "nobody", nameServers: []
        )
        .arguments
        for word in [
            "--conf-file=/dev/null", "-s", "lxc", "/lxc/", "--no-ping", "--strict-order",
            "--bind-dynamic", "--pid-file=/run/lxc/dnsmasq.pid", "--dhcp-range=10.0.3.2,10.0.3.254",
            "--dhcp-lease-max=253", "--dhcp-leasefile=/var/lib/misc/dnsmasq.lxcbr0.leases",
            "--dhcp-authoritative", "--dhcp-ignore-clid", "--dhcp-option=26,1400",
            "--dhcp-range=fd01::1,ra-only",
        ] {
            #expect(words.contains(word))
        }
        let other = try Network.DnsmasqConfiguration(
            network: self.network("LXC_IPV6_RA=false LXC_DNS_PORT=0"), dnsPort: 0, user: "nobody",
            nameServers: [try #require(IPv4Address("192.0.2.53"))]
        ).arguments
        #expect(other.contains("--port=0") && other.contains("--dhcp-option=6,192.0.2.53"))
        #expect(!other.contains { $0.hasSuffix("ra-only") })
        let wide = try Network.DnsmasqConfiguration(
            network: self.network("LXC_IPV6_ADDR=fd01::1 LXC_IPV6_MASK=56"), dnsPort: 53,
            user: "nobody", nameServers: []
        ).arguments
        #expect(!wide.contains { $0.contains("ra-only") }, "dnsmasq would not start with it")
    }

    private func network(_ text: String) throws -> DesiredNetwork { try NetworkTests.network(text) }

    @Test("A reservation by hardware address ignores the client identifier")
    func reservations() throws {
        #expect(
            try Reservation("AA:bb:cc:00:00:02,10.0.3.9,web").line()
                == "aa:bb:cc:00:00:02,id:*,10.0.3.9,web")
        #expect(try Reservation("web,10.0.3.9").line() == "web,10.0.3.9")
    }

    @Test("A listing is split into whole tables")
    func listing() throws {
        let listing = NftListing(
            """
            table ip filter {
            \tchain FORWARD {
            \t\ttype filter hook forward priority filter; policy drop;
            \t}
            }
            table inet berth_lxcbr0 {
            \tchain input {
            \t}
            }
            table inet firewalld { # progname firewalld
            \tflags owner,persist
            \tchain filter_FORWARD {
            \t}
            }

            """)
        #expect(listing[NftTable(family: "inet", name: "firewalld")] != nil)
        let table = NftDialect.table(of: try #require(BridgeName("lxcbr0")))
        #expect(listing[table] == "table inet berth_lxcbr0 {\n\tchain input {\n\t}\n}")
        #expect(listing.hasForeignDrop(besides: [table]))
        let docker = NftTable(family: "ip", name: "filter")
        #expect(!listing.hasForeignDrop(besides: [table, docker]))
    }
}

@Suite("The manual")
struct ManualTests {
    @Test("the manual names every setting, with its default", arguments: Setting.allCases)
    func names(setting: Setting) throws {
        let package = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let bytes = try #require(try SmallFile.contents(of: "\(package)/man/berth-net.conf.5"))
        let manual = String(decoding: bytes, as: UTF8.self)
        let entry = try #require(
            manual.split(separator: ".It Ev \(setting.rawValue)\n").dropFirst().first)
        let text = entry.split(separator: ".It Ev ").first ?? ""
        let standard = setting.defaultValue
        #expect(text.contains(standard.isEmpty ? "\nDefault: " : "\nDefault: \(standard)."))
        #expect(text.contains("\nExample:\n.Li \(setting.rawValue)="))
    }
}
