import Linux
import Terminal
import TestSupport
import Testing

@testable import Network
@testable import StatusReport

/// A network that extends over several hosts, in every output of berth.
@Suite
struct Tunnels {
    /// A host whose network lxcbr0 extends to two other hosts, of which one is lost.
    private func status(isEVPN: Bool = false) throws -> HostStatus {
        let peers = try ["192.0.2.2", "192.0.2.3"].map { try #require(UnderlayAddress($0)) }
        var tunnel = TunnelStatus(
            Tunnel(
                number: 100, local: try #require(UnderlayAddress("192.0.2.1")), underlay: "up0",
                peers: isEVPN ? nil : peers))
        (tunnel.isUp, tunnel.guardState, tunnel.remoteAddresses) = (true, .asConfigured, 12)
        tunnel.peers = peers.map(\.description)
        tunnel.paths = [
            TunnelPeer(peers[0], .routed, interface: "up0"),
            TunnelPeer(peers[1], .silent(peers[1]), interface: "up0"),
        ]
        var status = HostStatus.example
        status.host = "h1"
        var network = try #require(status.networks?[0].status)
        network.tunnel = tunnel
        status.networks?[0] = NetworkReport(status: network)
        status.summary = StatusSummary(status)
        return status
    }

    @Test("the text shows the port and the lost host, and names the host of the quotas")
    func text() throws {
        let plain = HostStatusText(
            TerminalCapabilities(colors: false, usesUnicode: false), width: 100)
        let text = plain.text(plain.lines(try status()))
        #expect(
            text.contains(
                "tunnel     up, vx100, VNI 100, from 192.0.2.1, 2 hosts (1 not reached), 12 "
                    + "addresses\n"), "\(text)")
        #expect(text.contains("192.0.2.3 does not answer\n"))
        #expect(text.contains("(quotas on h1: ? of 23)"))
        #expect(
            text.contains(
                "! network lxcbr0: tunnel vx100: cannot reach 1 of 2 hosts, such as 192.0.2.3"),
            "\(text)")
        let alone = plain.text(plain.lines(.example))
        #expect(!alone.contains("tunnel") && alone.contains("(quotas: ? of 23)"))
        #expect(plain.text(plain.lines(try status(isEVPN: true))).contains("2 hosts by EVPN"))
    }

    @Test("a missing guard, a port that is down, and EVPN without another host are named")
    func faults() throws {
        func text(_ change: (inout TunnelStatus) -> Void) throws -> String {
            var status = try status(isEVPN: true)
            var network = try #require(status.networks?[0].status)
            var tunnel = try #require(network.tunnel)
            change(&tunnel)
            network.tunnel = tunnel
            status.networks?[0] = NetworkReport(status: network)
            let plain = HostStatusText(
                TerminalCapabilities(colors: false, usesUnicode: false), width: 140)
            return plain.text(plain.lines(status))
        }
        #expect(try text { $0.guardState = .missing }.contains(", no guard\n"))
        #expect(try text { $0.guardState = .differs }.contains(", guard changed\n"))
        #expect(try text { $0.isUp = false }.contains("tunnel     missing, vx100"))
        #expect(
            try text {
                $0.peers = []
                $0.paths = []
            }.contains("BGP EVPN has announced no other host"))
    }

    @Test("the JSON matches its schema", .enabled(if: JSONSchema.obstacle == nil))
    func json() throws {
        let schema = JSONSchema("berth-status.json")
        for isEVPN in [false, true] {
            let json = try status(isEVPN: isEVPN).json()
            #expect(schema.judge(json).output == "1 documents, 0 faults\n", "\(schema.judge(json))")
            #expect(json.contains("\"host\" : \"h1\"") && json.contains("\"lostPeers\" : ["))
            #expect(json.contains("\"configuredPeers\" : \(isEVPN ? "null" : "2")"))
            for (key, other) in [
                ("\"guard\" : \"as-configured\"", "\"guard\" : \"good\""),
                ("\"vni\" : 100", "\"vni\" : null"), ("\"remoteAddresses\"", "\"addresses\""),
            ] {
                #expect(json.contains(key), "\(key)")
                #expect(schema.judge(json.replacing(key, with: other)).status == 1, "\(key)")
            }
        }
    }

    @Test("the metrics count hosts and addresses, and the manual lists them")
    func metrics() throws {
        let text = HostMetrics(try status(), refusals: nil).text
        for line in [
            "berth_tunnel_up{bridge=\"lxcbr0\"} 1", "berth_tunnel_guarded{bridge=\"lxcbr0\"} 1",
            "berth_tunnel_peers{bridge=\"lxcbr0\"} 2",
            "berth_tunnel_peers_configured{bridge=\"lxcbr0\"} 2",
            "berth_tunnel_peers_lost{bridge=\"lxcbr0\"} 1",
            "berth_tunnel_remote_addresses{bridge=\"lxcbr0\"} 12",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)\n\(text)")
        }
        // What is unknown is absent, and a network of this host only has no tunnel.
        #expect(
            !HostMetrics(try status(isEVPN: true), refusals: nil).text.contains("peers_configured"))
        #expect(!HostMetrics(.example, refusals: nil).text.contains("berth_tunnel"))
        #expect(!text.contains("berth_tunnel_up{bridge=\"dmz0\"}"))
        let directory = String(#filePath.dropLast("StatusReportTests/Tunnels.swift".count))
        let page = contents(of: "\(directory)/../man/berth.1")
        for line in text.split(separator: "\n") where line.hasPrefix("# HELP berth_tunnel") {
            #expect(page.contains(line.split(separator: " ")[2]), "\(line)")
        }
        let file = "/tmp/metrics-\(UInt64.random(in: 0...UInt64.max))"
        write(text, to: file)
        let outcome = shell(
            "/usr/bin/python3 \(directory)StatusReportTests/openmetrics.py <\(file); rm \(file)")
        #expect(outcome.output.hasSuffix(" series, 0 faults\n"), "\(outcome)")
    }
}
