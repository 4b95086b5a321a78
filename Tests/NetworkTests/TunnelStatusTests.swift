import Testing

@testable import Network

extension TunnelTests {
    @Test("The status says what the port has lost, and whether its guard is as it was loaded")
    func status() throws {
        let planner = Planner(HostCapabilities())
        let network = try ClusterHost.network()
        let (complete, entry) = try complete(network)
        func status(
            of network: DesiredNetwork, _ lose: (inout ObservedNetwork) throws -> Void
        ) throws -> NetworkStatus {
            var observed = complete
            try lose(&observed)
            let host = HostPlan(for: [], ObservedHost(HostFacts(), .init(), bridges: []), .init())
            return NetworkStatus(network, entry, observed, planner, host, asRoot: true)
        }
        func tunnel(_ lose: (inout ObservedNetwork) throws -> Void) throws -> TunnelStatus {
            try #require(try status(of: network, lose).tunnel)
        }
        let healthy = try tunnel { $0.tunnels[0].remoteAddresses = 5 }
        #expect(healthy.isUsable && healthy.isUp && healthy.faults.isEmpty)
        #expect(healthy.guardState == .asConfigured && healthy.missingPeers.isEmpty)
        #expect((healthy.configuredPeers, healthy.remoteAddresses) == (2, 5))
        #expect(
            healthy.text
                == "vx100, VNI 100, from 192.0.2.1 to 192.0.2.2 192.0.2.3, 5 remote addresses")
        #expect(try tunnel { $0.tunnelGuard = nil }.guardState == .missing)
        #expect(try tunnel { $0.tunnelGuard = "other" }.guardState == .differs)
        #expect(try tunnel { $0.tunnels[0].isWithoutIPv6 = false }.faults == [.hasIPv6])
        let missing = try tunnel { $0.tunnels = [] }
        #expect(missing.interface == nil && !missing.isUp)
        #expect(missing.text == "vx100, VNI 100, from 192.0.2.1: the port is missing")
        let other = try #require(UnderlayAddress("192.0.2.9"))
        let peers = try tunnel { $0.tunnels[0].peers = [other] }
        #expect(peers.missingPeers == network.tunnel?.peers && peers.otherPeers == [other])
        #expect(try !tunnel { $0.tunnels[0].interface.vxlan?.port = 4790 }.isUsable)
        // What the tunnel has lost is listed separately from the rest of the network.
        let lost = try status(of: network) {
            $0.tunnelGuard = nil
            $0.tunnels = []
        }
        #expect(lost.missing.count == 2 && lost.missingOfTunnel == lost.missing)
        let alone = try NetworkTests.network("LXC_IPV6_ENABLE=false")
        #expect(try status(of: alone) { $0.tunnels = [] }.tunnel == nil)
    }
}
