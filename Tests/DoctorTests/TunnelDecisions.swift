import Linux
import Netlink
import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about networks that extend over several hosts")
struct TunnelDecisions {
    private func verdicts(
        isEVPN: Bool = false, _ change: (inout TunnelStatus) -> Void
    ) throws -> [Finding.Verdict] {
        Tunnels.run(try Facts.joined(isEVPN: isEVPN, change)).map(\.verdict)
    }

    @Test("a healthy tunnel has no fault, with a list and with EVPN, over IPv4 and IPv6")
    func healthy() throws {
        for (isEVPN, isIPv6) in [(false, false), (true, false), (false, true), (true, true)] {
            let findings = Tunnels.run(try Facts.joined(isEVPN: isEVPN, isIPv6: isIPv6))
            #expect(findings.map(\.verdict) == [.ok], "\(findings)")
            #expect(findings.first?.message.contains("2 hosts") == true)
        }
        // A network of this host only, or one that berth-net did not make, has no finding at all.
        #expect(Tunnels.run(Facts.alices()).isEmpty)
        var facts = try Facts.joined()
        facts.network.networks[0].isMade = false
        #expect(Tunnels.run(facts).isEmpty)
        // Root sees the networks of all users; others those of their configuration.
        facts = try Facts.joined()
        facts.config = ContainerConfig(path: "/etc/lxc/default.conf", exists: true)
        #expect(Tunnels.run(facts).isEmpty)
        let root = Account(
            name: Array("root".utf8), user: .root, group: GroupID(0), home: Array("/root".utf8))
        facts.target = TargetUser(root, groups: [])
        #expect(Tunnels.run(facts).map(\.verdict) == [.ok])
    }

    @Test("each fault of the port is a problem that berth-net reload fixes")
    func port() throws {
        let faults: [(TunnelFault, String)] = [
            (.detached, "not attached"), (.notIsolated, "not isolated"), (.learns, "learns"),
            (.learnsNothing, "learns no"), (.suppressesNeighbors, "neigh_suppress"),
            (.hasIPv6, "IPv6"), (.size(1300), "an MTU of 1300"), (.down, "is down"),
        ]
        for (fault, text) in faults {
            let finding = try #require(Tunnels.run(try Facts.joined { $0.faults = [fault] }).first)
            #expect(finding.verdict == (fault == .hasIPv6 ? .warning : .problem))
            #expect(finding.message.contains(text), "\(finding.message)")
            #expect(finding.fixes == [.command("berth-net reload", by: .root)])
        }
        #expect(try verdicts { $0.interface = nil } == [.problem])
        #expect(try verdicts { $0.guardState = .missing } == [.problem])
        #expect(try verdicts { $0.guardState = .differs } == [.problem])
        // Only root can list the rules.
        #expect(try verdicts { $0.guardState = .notVisible } == [.unknown, .ok])
        #expect(try verdicts { $0.hasLocal = false } == [.problem])
        let other = VXLANOptions(number: 100, local: [192, 0, 2, 9], port: 4790, learns: true)
        let different = try Facts.joined {
            $0.isUsable = false
            $0.interface?.vxlan = other
        }
        #expect(
            Tunnels.run(different).first?.message.hasPrefix(
                "the port has the source address 192.0.2.9 instead of 192.0.2.1 and the UDP port "
                    + "4790 instead of 4789") == true)
        var facts = try Facts.joined {
            $0.faults = [.down]
            $0.isUp = false
        }
        facts.packetPath.tunnels["lxcbr0"] = TunnelFacts(portHolder: "vpn (process 7)")
        #expect(Tunnels.run(facts).first?.message.contains("vpn (process 7)") == true)
    }

    @Test("with a list, a missing peer is a problem; with EVPN, only having no peer is")
    func known() throws {
        let two = try underlay("192.0.2.2")
        #expect(try verdicts { $0.missingPeers = [two] } == [.problem])
        #expect(try verdicts { $0.otherPeers = [two] } == [.problem])
        let nobody = try Facts.joined(isEVPN: true) {
            $0.peers = []
            $0.paths = []
        }
        #expect(Tunnels.run(nobody).map(\.verdict) == [.problem])
        #expect(Tunnels.run(nobody)[0].message.contains("VNI 100"))
        // One of several hosts may have been taken out of the cluster.
        #expect(
            try verdicts(isEVPN: true) {
                $0.peers = ["192.0.2.2"]
                $0.paths.removeLast()
            } == [.ok])
    }

    @Test("there is one finding for each cause of lost peers, and a silent peer is only a warning")
    func lost() throws {
        let (two, three) = (try underlay("192.0.2.2"), try underlay("192.0.2.3"))
        let router = try underlay("192.0.2.254")
        func finding(_ states: TunnelPeer.State...) throws -> [Finding] {
            Tunnels.run(
                try Facts.joined { status in
                    status.paths = zip([two, three], states).map {
                        TunnelPeer($0, $1, interface: "up0", mtu: 1500)
                    }
                })
        }
        #expect(try finding(.routed, .silent(three)).map(\.verdict) == [.warning])
        #expect(try finding(.silent(two), .silent(three)).map(\.verdict) == [.problem])
        #expect(try finding(.silent(router), .silent(router)).map(\.verdict) == [.problem])
        #expect(
            try finding(.silent(router), .silent(three)).map(\.verdict) == [.problem, .warning])
        #expect(
            try finding(.refused(.ENETUNREACH), .refused(.ENETUNREACH)).map(\.message) == [
                "this host has no route to 192.0.2.2 and 192.0.2.3 (Network is unreachable), so "
                    + "containers do not reach those on them"
            ])
        let down = try finding(.cutOff, .cutOff)
        #expect(down.map(\.verdict) == [.problem])
        #expect(down[0].fixes.first == .command("ip link set up0 up", by: .root))
        #expect(try finding(.throughBridge, .ownAddress).map(\.verdict) == [.problem, .problem])
        // Of a hundred lost hosts, only the first are listed.
        let many = try (1...100).map { try underlay("198.51.100.\($0)") }
        let text = try #require(
            Tunnels.run(
                try Facts.joined { $0.paths = many.map { TunnelPeer($0, .refused(.ENETUNREACH)) } }
            ).first?.message)
        #expect(text.contains("198.51.100.6 and 94 others") && !text.contains("198.51.100.7,"))
    }

    @Test("the MTU must not exceed the underlay's MTU less the size of the headers")
    func sizes() throws {
        func finding(_ mtu: UInt32, isIPv6: Bool = false) throws -> [Finding] {
            Tunnels.run(try Facts.joined(isIPv6: isIPv6) { $0.underlayMTU = mtu })
        }
        #expect(try finding(1500).map(\.verdict) == [.ok])
        #expect(try finding(9000).map(\.verdict) == [.ok])
        #expect(try finding(1499).map(\.verdict) == [.problem])
        #expect(
            try finding(1400).map(\.message) == [
                "the path to the other hosts has an MTU of 1400, which leaves 1350 after the "
                    + "headers of VXLAN, but lxcbr0 has 1450 and vx100 has 1450: larger packets "
                    + "to other hosts are refused, fragmented or lost"
            ])
        #expect(try finding(1500, isIPv6: true).map(\.verdict) == [.ok])
        #expect(
            try finding(1400, isIPv6: true)[0].message.contains(
                "leaves 1330 after the headers of VXLAN, but lxcbr0 has"))
        // The settings still lead to the larger MTU.
        #expect(
            try finding(1400)[0].fixes.first
                == .line("LXC_BRIDGE_MTU=\"1350\"", to: "/etc/default/lxc-net", by: .root))
        // The settings follow the interface, whose MTU has changed.
        var facts = try Facts.joined { $0.underlayMTU = 1400 }
        facts.network.networks[0].wanted?.mtu = 1350
        #expect(Tunnels.run(facts)[0].fixes == [.command("berth-net reload", by: .root)])
        facts.packetPath.nics = [.container(mtu: 1450)]
        #expect(
            Tunnels.run(facts)[0].message.contains("the NIC of container web, veth1000_x has 1450"))
    }

    @Test("the answers of peers to packets of the full size are evaluated")
    func probes() throws {
        let (two, three) = (try underlay("192.0.2.2"), try underlay("192.0.2.3"))
        func findings(_ outcomes: EchoProbe.Outcome...) throws -> [Finding] {
            var facts = try Facts.joined()
            facts.packetPath.tunnels["lxcbr0"] = TunnelFacts(
                probes: zip([two, three], outcomes).map {
                    TunnelProbe(peer: $0, size: 1500, outcome: $1)
                })
            return Tunnels.run(facts)
        }
        #expect(try findings(.passed, .passed).map(\.verdict) == [.ok])
        #expect(try findings(.passed, .unanswered(nil)).map(\.verdict) == [.warning])
        #expect(try findings(.passed, .unanswered(.EPERM)).map(\.verdict) == [.warning])
        #expect(
            try findings(.unanswered(.EHOSTUNREACH), .unanswered(nil)).map(\.message) == [
                "192.0.2.2 and 192.0.2.3 did not answer a ping within a second"
            ])
        let smaller = try findings(.passedUpTo(1400), .passedUpTo(1400))
        #expect(
            smaller.map(\.message) == [
                "packets of 1500 bytes, which carry frames of the MTU 1450 of lxcbr0, do not reach "
                    + "192.0.2.2 and 192.0.2.3: the largest that passes has 1400 bytes, which "
                    + "leaves 1350 after the headers of VXLAN"
            ])
        #expect(
            smaller[0].fixes.first
                == .line("LXC_BRIDGE_MTU=\"1350\"", to: "/etc/default/lxc-net", by: .root))
    }
}

func underlay(_ text: String) throws -> UnderlayAddress { try #require(UnderlayAddress(text)) }

extension Facts {
    private static func lxcbr0() throws -> DesiredNetwork {
        var reader = ShellSettings(file: "/etc/default/lxc-net") { _ in
            Array("LXC_NETWORK=10.88.0.0/16\nLXC_IPV6_ENABLE=false\n".utf8)
        }
        try reader.read("/etc/default/lxc-net")
        var files = SettingsFiles()
        files.networks = [reader.settings]
        return try #require(DesiredState(files, HostFacts()).networks.first)
    }

    /// A healthy host with the addresses 192.0.2.1 and 2001:db8::1, and two other hosts.
    static func joined(
        isEVPN: Bool = false, isIPv6: Bool = false,
        _ change: (inout TunnelStatus) -> Void = { _ in }
    ) throws -> Facts {
        let start = isIPv6 ? "2001:db8::" : "192.0.2."
        let peers = try ["\(start)2", "\(start)3"].map { try underlay($0) }
        let tunnel = Tunnel(
            number: 100, local: try underlay("\(start)1"), underlay: "up0",
            peers: isEVPN ? nil : peers)
        var network = try lxcbr0()
        network.mtu = isIPv6 ? 1430 : 1450
        network.tunnel = tunnel
        (network.dhcp.first, network.dhcp.last) = (
            try #require(IPv4Address("10.88.1.2")), try #require(IPv4Address("10.88.1.254"))
        )
        var port = Interface(
            index: InterfaceIndex(9), name: try #require(InterfaceName(Array("vx100".utf8))),
            kind: .vxlan, mtu: network.mtu, address: tunnel.hardwareAddress, isUp: true,
            master: InterfaceIndex(7), isIsolated: true)
        port.vxlan = tunnel.options
        var status = TunnelStatus(tunnel)
        status.interface = port
        (status.isUp, status.isUsable, status.guardState) = (true, true, .asConfigured)
        status.peers = peers.map(\.description)
        status.paths = peers.map { TunnelPeer($0, .routed, interface: "up0", mtu: 1500) }
        status.underlayMTU = 1500
        change(&status)
        var facts = Facts.alices()
        facts.network.networks[0].desired = network
        facts.network.networks[0].wanted = network
        facts.network.networks[0].settingsFile = "/etc/default/lxc-net"
        facts.network.networks[0].isMade = true
        facts.network.networks[0].mtu = network.mtu
        facts.network.networks[0].tunnel = status
        facts.network.interfaces = [port]
        return facts
    }
}

extension ContainerNICFacts {
    /// The NIC of alice's running container web.
    static func container(mtu: UInt32) -> ContainerNICFacts {
        var nic = ContainerNICFacts(port: "veth1000_x", user: UserID(1000))
        (nic.container, nic.attachedTo, nic.mtu) = ("web", "lxcbr0", mtu)
        nic.inside = .init(name: "eth0", mtu: mtu)
        return nic
    }
}
