import Testing

@testable import Network

@Suite("The host resolves names of containers only where it routes names by domain")
struct HostDNSTests {
    private static let local = "name_servers=127.0.0.1\ndnsmasq_conf=/etc/dnsmasq-conf.conf\n"

    private static func host(_ change: (inout HostResolver.Evidence) -> Void) -> HostResolver {
        var evidence = HostResolver.Evidence()
        evidence.resolvConf = "nameserver 192.0.2.2\n"
        evidence.nsswitch = "hosts: files dns\n"
        change(&evidence)
        return HostResolver(evidence)
    }

    @Test("systemd-resolved is used if it is running and the host queries it")
    func resolved() {
        func resolver(_ resolvConf: String, _ nsswitch: String, runs: Bool = true) -> String? {
            Self.host {
                $0.resolvConf = resolvConf
                $0.nsswitch = nsswitch
                $0.hasResolvectl = true
                $0.hasResolved = runs
            }
            .resolver?.rawValue
        }
        #expect(resolver("nameserver 127.0.0.53\n", "hosts: files dns\n") == "systemd-resolved")
        #expect(
            resolver("nameserver 192.0.2.2", "hosts: files resolve [!UNAVAIL=return] dns")
                == "systemd-resolved")
        #expect(resolver("nameserver 192.0.2.2\n", "hosts: files dns\n") == nil)
        #expect(resolver("# nameserver 127.0.0.53\n", "# hosts: resolve\n") == nil)
        #expect(resolver("nameserver 127.0.0.53\n", "", runs: false) == nil)
    }

    @Test(
        "openresolv 3.16 or later is used if a resolver is running on this host",
        arguments: [
            ("openresolv 3.17.4\nCopyright", local, true),
            ("openresolv 4.0", local, true),
            ("openresolv 3.12.0", local, false),
            ("openresolv", local, false),
            ("resolvconf 1.91", local, false),
            ("systemd 252 (252.39-1)", local, false),
            (nil, local, false),
            ("openresolv 3.17.4", "name_servers=127.0.0.1\n", false),
            ("openresolv 3.17.4", "dnsmasq_conf=/etc/dnsmasq-conf.conf\n", false),
            ("openresolv 3.17.4", "#name_servers=127.0.0.1\ndnsmasq_conf=/a\n", false),
            ("openresolv 3.17.4", "name_servers=192.0.2.2\ndnsmasq_conf=/a\n", false),
            ("openresolv 3.17.4", "name_servers=\"::1 192.0.2.2\"\nunbound_conf=/a\n", true),
        ] as [(String?, String, Bool)])
    func openresolv(version: String?, configuration: String, counts: Bool) {
        let host = Self.host {
            $0.resolvconfVersion = version
            $0.resolvconfConf = configuration
        }
        #expect(host.resolver == (counts ? .openresolv : nil))
    }

    private static var openresolv: HostResolver {
        host {
            $0.resolvconfVersion = "openresolv 3.17.4"
            $0.resolvconfConf = local
        }
    }

    @Test("A domain in which the host has names is not routed")
    func ownDomain() throws {
        let network = try network("LXC_DOMAIN=Example.org")
        let own = Self.openresolv
        #expect(network.hostDNSRoute(own, dnsPort: 53)?.domain == "Example.org")
        for (resolvConf, hostName) in [
            ("search example.org", "host"), ("search a.b lab.example.org", "host"),
            ("domain EXAMPLE.org", "host"), ("", "host.example.org"),
        ] {
            let host = Self.host {
                $0.resolvConf = resolvConf
                $0.hostName = hostName
                $0.resolvconfVersion = "openresolv 3.17.4"
                $0.resolvconfConf = Self.local
            }
            #expect(network.hostDNSRoute(host, dnsPort: 53) == nil, "\(resolvConf) \(hostName)")
            #expect(
                network.hostDNSAdvice(host, dnsPort: 53)?.contains("also the domain") == true)
        }
        let other = Self.host { $0.resolvConf = "search notexample.org org" }
        #expect(!other.uses("example.org"))
    }

    @Test("Without a route, the line to write is printed, unless DNS or the setting is off")
    func advice() throws {
        let plain = Self.host { _ in }
        let network = try network("LXC_DOMAIN=lxc")
        #expect(network.hostDNSRoute(plain, dnsPort: 53) == nil)
        #expect(
            network.hostDNSAdvice(plain, dnsPort: 53)?.contains("server=/lxc/10.0.3.1 ") == true)
        #expect(
            network.hostDNSAdvice(plain, dnsPort: 5353)?.contains("server=/lxc/10.0.3.1#5353 ")
                == true)
        #expect(network.hostDNSAdvice(plain, dnsPort: 0) == nil)
        #expect(network.hostDNSRoute(Self.openresolv, dnsPort: 5353) == nil)
        #expect(network.hostDNSAdvice(Self.openresolv, dnsPort: 53) == nil)
        let off = try Self.off()
        #expect(off.hostDNSRoute(Self.openresolv, dnsPort: 53) == nil)
        #expect(off.hostDNSAdvice(plain, dnsPort: 53) == nil)
    }

    private static func off() throws -> DesiredNetwork {
        try network("LXC_DOMAIN=lxc LXC_HOST_DNS=false")
    }

    /// The changes and the warning, for what the resolver has for the bridge.
    private static func plan(
        _ now: HostDNSRoute.Observed, recorded: HostDNSRoute? = nil, _ network: DesiredNetwork
    ) throws -> (changes: [String], warning: String?) {
        var (observed, entry) = try PlanTests.applied(network)
        observed.hostDNS = now
        entry.hostDNS = recorded
        var capabilities = HostCapabilities()
        capabilities.hostResolver = openresolv
        let planner = Planner(capabilities)
        return (
            planner.hostDNS(network, observed, entry).map(\.description),
            planner.hostDNSWarning(network, observed, entry)
        )
    }

    @Test("resolved gets the server last, and no option that dnsmasq does not support")
    func resolvectl() throws {
        let network = try network("LXC_DOMAIN=lxc")
        let host = Self.host {
            $0.nsswitch = "hosts: resolve\n"
            $0.hasResolvectl = true
            $0.hasResolved = true
        }
        let route = try #require(network.hostDNSRoute(host, dnsPort: 5353))
        let commands = route.resolvectlCommands(for: network.bridge)
        #expect(commands.last == ["dns", "lxcbr0", "10.0.3.1:5353"])
        #expect(commands.contains(["domain", "lxcbr0", "~lxc"]))
        #expect(commands.first == ["default-route", "lxcbr0", "no"])
        for option in ["dnssec", "dnsovertls", "llmnr"] {
            #expect(commands.contains([option, "lxcbr0", "no"]), "\(option)")
        }
    }

    @Test("Only a route of berth-net is changed and removed")
    func ownership() throws {
        let network = try network("LXC_DOMAIN=lxc")
        let off = try Self.off()
        let route = try #require(network.hostDNSRoute(Self.openresolv, dnsPort: 53))
        var old = route
        old.domain = "old"
        var foreign = HostDNSRoute.Observed()
        foreign.servers = ["192.0.2.9"]
        let sentence = " lxcbr0: openresolv asks 10.0.3.1 for names in lxc"
        #expect(try Self.plan(.init(), network).changes == ["+" + sentence])
        #expect(try Self.plan(route.expected, recorded: route, network).changes.isEmpty)
        #expect(try Self.plan(old.expected, recorded: old, network).changes == ["~" + sentence])
        #expect(try Self.plan(.init(), recorded: route, network).changes == ["+" + sentence])
        #expect(try Self.plan(route.expected, recorded: route, off).changes == ["-" + sentence])
        // What the administrator configured stays.
        let kept = try Self.plan(foreign, network)
        #expect(kept.changes.isEmpty && kept.warning?.contains("192.0.2.9") == true)
        #expect(try Self.plan(foreign, recorded: route, off).changes.isEmpty)
        #expect(try Self.plan(route.expected, off).changes.isEmpty)
    }
}
