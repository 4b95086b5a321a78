internal import HostPaths
internal import Linux
internal import Netlink
internal import Network
internal import Usernet

/// Where the packets of containers go, from their NICs to the Internet.
struct PacketPathFacts: Equatable, Sendable {
    var nics: [ContainerNICFacts] = []
    /// By bridge.
    var servers: [String: DnsmasqFacts] = [:]
    /// By bridge.
    var routes: [String: [RouteFacts]] = [:]
    var refusingRoutes: [RefusingRoute] = []
    var rules: [RoutingRule] = []
    /// The name servers of the host.
    var nameServers: [NameServerFacts] = []
    /// Another program that has bound the DHCP server port, 67, on all interfaces.
    var otherDHCPServer: String?
    /// The policies of IPsec; `nil` where only root may list them.
    var policies: [IPsecPolicy]?
    var sysctls = NetworkSysctls()
    /// The options in the administrator's file for dnsmasq, by bridge.
    var dnsmasqOptions: [String: [DnsmasqFile.Option]] = [:]
    var hosts: [HostsFileEntry] = []
    /// By bridge.
    var forwards: [String: [ForwardFacts]] = [:]
    var permanentNeighbors: [PermanentNeighbor] = []
    var staticForwarding: [StaticForwarding] = []
    var trafficControl = TrafficControlFacts()
    var resolvConf = ResolvConfFacts()
    /// By bridge.
    var tunnels: [String: TunnelFacts] = [:]
    var outsidePorts: [OutsidePort] = []
    /// The neighbors on the bridges with ``outsidePorts``.
    var bridgeNeighbors: [BridgeNeighbor] = []

    /// - Parameter probesPeers: whether to send packets to the other hosts of tunnels.
    static func observe(
        _ network: HostNetworkStatus, _ ledger: Ledger?, cgroupMount: String?,
        probesPeers: Bool = false
    ) -> PacketPathFacts {
        var facts = PacketPathFacts()
        guard
            let kernel = try? RouteSocket.connect(bufferSize: RouteSocket.forForeignInterfaces)
        else { return facts }
        facts.nics = ContainerNICFacts.all(of: network, ledger, kernel)
        // One query for each server, all at the same time.
        facts.resolvConf = .observe()
        let probes = DnsmasqFacts.probes(of: network.configured)
        let hosts = NameServerFacts.addresses(in: contents(of: Paths.resolvConf))
        let answers = NameServerProbe.answers(
            of: probes.map(\.server) + hosts.map { NameServerProbe.Server($0.bytes) })
        facts.servers = DnsmasqFacts.all(
            of: network.configured, cgroupMount: cgroupMount,
            answers: Dictionary(zip(probes.map(\.bridge), answers)) { $1 })
        facts.nameServers = NameServerFacts.all(
            hosts, answers: Array(answers.suffix(hosts.count)), network, kernel)
        facts.refusingRoutes = (try? kernel.refusingRoutes()) ?? []
        for status in network.configured {
            facts.routes[status.bridge] = RouteFacts.all(
                of: status, network, refusing: facts.refusingRoutes, kernel)
            facts.forwards[status.bridge] = ForwardFacts.all(
                of: status, facts.nics, addresses: network.addresses.map(\.bytes))
        }
        let isServed = network.configured.allSatisfy { $0.dnsmasq != nil }
        if !isServed { facts.otherDHCPServer = DnsmasqFacts.otherServer(besides: network) }
        facts.policies = try? IPsecPolicy.all()
        facts.sysctls = .observe(network)
        facts.hosts = HostsFileEntry.all()
        for status in network.configured {
            guard let path = status.desired?.dhcp.configurationFile else { continue }
            facts.dnsmasqOptions[status.bridge] = DnsmasqFile(path, from: .host).options
        }
        facts.rules = (try? kernel.routingRules()) ?? []
        facts.permanentNeighbors = PermanentNeighbor.all(of: network, kernel)
        let forwarding = (try? kernel.forwardingEntries()) ?? []
        facts.staticForwarding = StaticForwarding.all(of: network, forwarding)
        facts.outsidePorts = OutsidePort.all(of: network, forwarding)
        facts.bridgeNeighbors = BridgeNeighbor.all(on: facts.outsidePorts, network, kernel)
        facts.tunnels = TunnelFacts.all(of: network, probes: probesPeers)
        facts.trafficControl = .observe(network, facts, kernel)
        return facts
    }
}

extension Facts {
    /// The NICs of the user's running containers, or of the examined one.
    var runningNICs: [ContainerNICFacts] {
        packetPath.nics.filter { nic in
            nic.user == target.user
                && (target.container == nil || target.container == nic.container)
        }
    }
}
