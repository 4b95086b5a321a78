import Terminal
import TestSupport
import Testing

@testable import Network
@testable import StatusReport

/// A network that is part of a LAN, in the outputs of berth.
@Suite
struct Uplinks {
    /// A host whose network lxcbr0 has an uplink, and serves no DHCP.
    private func status(
        vlan: UInt16? = nil, isAttached: Bool = true, isUp: Bool = true, hasCarrier: Bool = true
    ) throws -> HostStatus {
        var status = HostStatus.example
        var network = try #require(status.networks?[0].status)
        network.uplink = UplinkStatus(
            port: vlan == nil ? "eth1" : "eth1.100", nic: "eth1", vlan: vlan,
            isAttached: isAttached, isUp: isUp, hasCarrier: hasCarrier)
        (network.dnsmasq, network.needsDnsmasq) = (nil, false)
        status.networks?[0] = NetworkReport(status: network)
        status.summary = StatusSummary(status)
        return status
    }

    private func text(_ status: HostStatus) -> String {
        let plain = HostStatusText(
            TerminalCapabilities(colors: false, usesUnicode: false), width: 100)
        return plain.text(plain.lines(status))
    }

    @Test("the text shows the port, its VLAN and its state")
    func line() throws {
        #expect(text(try status()).contains("uplink     up, eth1\n"))
        #expect(text(try status()).contains("dnsmasq    not needed\n"))
        #expect(
            text(try status(vlan: 100)).contains("uplink     up, eth1.100, VLAN 100 of eth1\n"))
        #expect(text(try status(isAttached: false)).contains("uplink     not attached, eth1\n"))
        #expect(text(try status(isUp: false)).contains("uplink     down, eth1\n"))
        #expect(!text(.example).contains("uplink"))
    }

    @Test("a port without a carrier is a problem")
    func carrier() throws {
        let sentence = "x network lxcbr0: uplink eth1: no carrier: see berth doctor\n"
        #expect(text(try status(hasCarrier: false)).contains(sentence))
        #expect(!text(try status()).contains("network lxcbr0:"))
        // Without a port that is up, the network is incomplete, and status says what is missing.
        #expect(!text(try status(isUp: false, hasCarrier: false)).contains("network lxcbr0:"))
    }

    @Test("the JSON matches its schema", .enabled(if: JSONSchema.obstacle == nil))
    func json() throws {
        let schema = JSONSchema("berth-status.json")
        for vlan in [nil, UInt16(100)] {
            let json = try status(vlan: vlan, hasCarrier: false).json()
            #expect(schema.judge(json).output == "1 documents, 0 faults\n", "\(schema.judge(json))")
            for (key, other) in [
                ("\"vlan\" : \(vlan.map { "\($0)" } ?? "null")", "\"vlan\" : 4095"),
                ("\"nic\" : \"eth1\"", "\"nic\" : null"), ("\"hasCarrier\"", "\"carrier\""),
                ("\"uplink\" : null", "\"uplink\" : \"eth1\""),
            ] {
                #expect(json.contains(key), "\(key)")
                #expect(schema.judge(json.replacing(key, with: other)).status == 1, "\(key)")
            }
        }
    }
}
