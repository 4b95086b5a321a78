internal import Linux
internal import Netlink
internal import Network
internal import Usernet

/// A bridge to which containers are attached, in the JSON of `berth status`.
struct NetworkReport: Encodable, Sendable {
    let status: NetworkStatus
    /// Whether berth-net created the bridge; otherwise, another program did.
    var isManaged = true

    var bridge: String { status.bridge }

    private enum Key: String, CodingKey {
        case bridge, state, addresses, mtuBytes, ports, firewall, dnsmasq, leases, forwards
        case reservations, missing, tunnel, uplink
        case rules, blockedBy, processID, dnsPort
        case port, nic, vlan, isAttached, isUp, hasCarrier
    }

    func encode(to encoder: any Encoder) throws {
        var network = encoder.container(keyedBy: Key.self)
        try network.encode(bridge, forKey: .bridge)
        let isForeign = !isManaged && status.state == .up
        try network.encode(isForeign ? "foreign" : status.state.rawValue, forKey: .state)
        try network.encode(status.addresses, forKey: .addresses)
        try network.encode(status.mtu, forKey: .mtuBytes)
        try network.encode(status.ports.count, forKey: .ports)
        var firewall = network.nestedContainer(keyedBy: Key.self, forKey: .firewall)
        let state = isManaged ? status.firewallState.rawValue : "unmanaged"
        try firewall.encode(state, forKey: .state)
        try firewall.encode(
            status.firewallState == .notVisible ? nil : status.firewall, forKey: .rules)
        try firewall.encode(status.foreign, forKey: .blockedBy)
        if isManaged {
            var server = network.nestedContainer(keyedBy: Key.self, forKey: .dnsmasq)
            try server.encode(status.dnsmasq, forKey: .processID)
            try server.encode(status.dnsPort, forKey: .dnsPort)
        } else {
            try network.encodeNil(forKey: .dnsmasq)
        }
        try network.encode(status.leases, forKey: .leases)
        try network.encode(status.forwards, forKey: .forwards)
        try network.encode(status.reservations, forKey: .reservations)
        try network.encode(status.missing, forKey: .missing)
        try network.encode(status.tunnel, forKey: .tunnel)
        guard let uplink = status.uplink else {
            try network.encodeNil(forKey: .uplink)
            return
        }
        var port = network.nestedContainer(keyedBy: Key.self, forKey: .uplink)
        try port.encode(uplink.port, forKey: .port)
        try port.encode(uplink.nic, forKey: .nic)
        try port.encode(uplink.vlan, forKey: .vlan)
        try port.encode(uplink.isAttached, forKey: .isAttached)
        try port.encode(uplink.isUp, forKey: .isUp)
        try port.encode(uplink.hasCarrier, forKey: .hasCarrier)
    }
}

extension NetworkReport {
    /// A bridge that berth-net did not create.
    init(_ interface: Interface, on host: KernelNetwork) {
        var status = NetworkStatus(bridge: interface.description)
        status.state = interface.isUp ? .up : .down
        status.addresses = host.addresses
            .filter { $0.interface == interface.index && !$0.isLinkLocal }
            .map { BridgeAddress($0).description }
        status.mtu = interface.mtu
        status.ports = host.interfaces.filter { $0.master == interface.index }
            .map(\.description)
        self.init(status: status, isManaged: false)
    }
}

extension HostStatus {
    mutating func observeNetworks(for caller: Credentials) {
        nics = []
        quotas = []
        leases = []
        let status = HostNetworkStatus.observe(withTraffic: true, withOVN: true)
        let failure = status.failure ?? status.recordFailure
        if let failure {
            note(
                .networks, "the networks of berth-net could not be observed: \(failure)",
                isFault: true)
        }
        networks = failure == nil ? status.made.map { NetworkReport(status: $0) } : []
        do {
            let kernel = try RouteSocket.connect(
                bufferSize: RouteSocket.forForeignInterfaces)
            let host = KernelNetwork(
                interfaces: status.interfaces, addresses: status.addresses)
            let usernet = UsernetReport.read(for: caller)
            observeNICs(on: host, usernet, status.ovn, kernel, for: caller)
            observeOtherBridges(on: host, usernet)
            observeQuotas(on: host, usernet, for: caller)
        } catch { note(.nics, "NICs and quotas could not be read: \(error)", isFault: true) }
        observeLeases(status.interfaces.compactMap { AttachedNIC($0) })
        if networks?.isEmpty ?? true { explainAbsence(status) }
    }

    /// Adds the bridges that lxc-usernet names, and those with LXC containers.
    private mutating func observeOtherBridges(on host: KernelNetwork, _ usernet: UsernetReport) {
        let known = networks?.map(\.bridge) ?? []
        let named = usernet.grants.map(\.bridge.description) + (nics ?? []).compactMap(\.bridge)
        for interface in host.interfaces where interface.kind == .bridge {
            let name = interface.description
            guard named.contains(name), !known.contains(name) else { continue }
            networks?.append(NetworkReport(interface, on: host))
        }
    }

    /// Explains why no network is up, if the settings are the reason.
    private mutating func explainAbsence(_ status: HostNetworkStatus) {
        if let place = status.switchedOff.first {
            note(.networks, "no network is up: USE_LXC_BRIDGE in \(place) disables the network")
        } else if let bridge = status.configured.first?.bridge {
            note(.networks, "no network is up: berth-net start brings up \(bridge)")
        }
    }
}
