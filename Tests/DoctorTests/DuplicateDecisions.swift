import Linux
import Netlink
import Testing

@testable import Doctor
@testable import Network

@Suite("decisions about addresses that two hosts use")
struct DuplicateDecisions {
    private static let own = "b2:bf:00:00:00:01"
    private static let other = "b2:bf:00:00:00:02"

    /// - Parameter age: of what was seen behind the tunnel, in hundredths of a second.
    private func outside(
        _ seen: String, age: UInt32 = 100, neighbor: String? = nil, isExternal: Bool = false
    ) throws -> Facts {
        var facts = try Facts.joined()
        var nic = ContainerNICFacts.container(mtu: 1450)
        nic.hardwareAddress = Self.own
        nic.age = 6000
        nic.inside?.addresses = [[10, 88, 1, 5]]
        facts.packetPath.nics = [nic]
        var port = OutsidePort(name: "vx100", bridge: "lxcbr0")
        let number = try #require(HardwareNumber(seen))
        port.sightings[number] = .init(host: [192, 0, 2, 2], age: age)
        facts.packetPath.outsidePorts = [port]
        if let neighbor {
            facts.packetPath.bridgeNeighbors = [
                BridgeNeighbor(
                    bridge: "lxcbr0", address: try #require(IPv4Address(neighbor)).bytes,
                    hardwareAddress: try #require(MACAddress(text: seen.utf8)),
                    isExternal: isExternal)
            ]
        }
        return facts
    }

    @Test("a hardware address seen behind the tunnel is a problem, unless that was before the move")
    func identity() throws {
        let twice = DuplicateAddresses.run(try outside(Self.own))
        #expect(twice.map(\.verdict) == [.problem])
        #expect(twice[0].message.contains("behind vx100, at the host 192.0.2.2"))
        // The container was started here 60 s ago, and was seen elsewhere before that.
        #expect(DuplicateAddresses.run(try outside(Self.own, age: 6100)).map(\.verdict) == [.ok])
        #expect(DuplicateAddresses.run(try outside(Self.own, age: 5950)).map(\.verdict) == [.ok])
        // Without the age of the container, nothing is known.
        var facts = try outside(Self.own)
        facts.packetPath.nics[0].age = nil
        #expect(DuplicateAddresses.run(facts).map(\.verdict) == [.ok])
        #expect(DuplicateAddresses.run(try outside(Self.other)).map(\.verdict) == [.ok])
        // All hosts have the gateway, and its hardware address.
        #expect(
            DuplicateAddresses.run(
                try outside(DesiredNetwork.standardHardwareAddress, neighbor: "10.88.0.1")
            ).map(\.verdict) == [.ok])
    }

    @Test(
        "an address of a container, the DHCP range or a reservation is reported if used elsewhere")
    func addresses() throws {
        func verdicts(
            _ neighbor: String, age: UInt32 = 100, isExternal: Bool = false,
            reserved: String? = nil
        ) throws -> [Finding.Verdict] {
            var facts = try outside(
                Self.other, age: age, neighbor: neighbor, isExternal: isExternal)
            if let reserved {
                facts.network.networks[0].desired?.dhcp.reservations = [try Reservation(reserved)]
            }
            return DuplicateAddresses.run(facts).map(\.verdict)
        }
        // The address of the container.
        #expect(try verdicts("10.88.1.5") == [.problem])
        #expect(try verdicts("10.88.1.5", age: 6100) == [.ok])
        // An address of this host's range.
        #expect(try verdicts("10.88.1.77") == [.warning])
        #expect(try verdicts("10.88.1.77", isExternal: true) == [.warning])
        #expect(try verdicts("10.88.2.77") == [.ok])
        // A reserved address, which may be used by its container on another host.
        #expect(try verdicts("10.88.200.9", reserved: "\(Self.other),10.88.200.9") == [.ok])
        #expect(try verdicts("10.88.200.9", reserved: "\(Self.own),10.88.200.9") == [.warning])
        #expect(try verdicts("10.88.1.77", reserved: "\(Self.other),10.88.1.77") == [.ok])
        // Which client has the name web cannot be determined.
        #expect(try verdicts("10.88.200.9", reserved: "web,10.88.200.9") == [.ok])
        // A neighbor of which nothing is known is one of this host.
        var facts = try outside(Self.own, age: 9000, neighbor: "10.88.1.77")
        facts.packetPath.outsidePorts[0].sightings = [:]
        #expect(DuplicateAddresses.run(facts).map(\.verdict) == [.ok])
    }

    @Test("10,000 addresses behind the tunnel are examined in less than five seconds")
    func scale() throws {
        var facts = try outside(Self.other)
        for number in 0..<10_000 {
            let bytes = [0x02, 0, 0, 0, UInt8(number >> 8), UInt8(number & 0xff)]
            let address = MACAddress(bytes: bytes)
            facts.packetPath.outsidePorts[0].sightings[HardwareNumber(address)] =
                .init(host: [192, 0, 2, 2], age: 1)
            facts.packetPath.bridgeNeighbors.append(
                BridgeNeighbor(
                    bridge: "lxcbr0", address: [10, 88, 100 + bytes[4], bytes[5]],
                    hardwareAddress: address, isExternal: true))
        }
        let nic = try #require(facts.packetPath.nics.first)
        facts.packetPath.nics = [ContainerNICFacts](repeating: nic, count: 500)
        let start = monotonicMilliseconds()
        #expect(DuplicateAddresses.run(facts).map(\.verdict) == [.ok])
        // Debug builds are several times slower than the installed program.
        #expect(monotonicMilliseconds() - start < 5000)
    }
}
