internal import Linux
internal import Netlink
internal import Network
internal import Usernet

/// A bridge that containers are plugged into.
struct NetworkReport: Encodable, Equatable, Sendable {
    enum State: String, Encodable, Sendable {
        /// As berth-net made it.
        case up
        /// Made, and something of it is missing.
        case incomplete
        case down
        /// A bridge of somebody else's.
        case foreign
    }

    struct Firewall: Encodable, Equatable, Sendable {
        enum State: String, Encodable, Sendable {
            case asWanted = "as-wanted"
            case differs
            case none
            case notVisible = "not-visible"
            /// Nobody of Berth's has any business with it.
            case unmanaged
        }

        var state: State
        /// Where the rules are.
        @OrNull var rules: String?
        /// Other programs' chains that throw packets away, with what would mend it.
        var inTheWay: [String]
    }

    struct Server: Encodable, Equatable, Sendable {
        @OrNull var processID: Int32?
        /// 0 for no DNS.
        var dnsPort: UInt16
    }

    var bridge: String
    var state: State
    var addresses: [String]
    var mtuBytes: UInt32
    /// How many interfaces are plugged into it, whosever they are.
    var ports: Int
    var firewall: Firewall
    /// `nil` where berth-net runs none.
    @OrNull var dnsmasq: Server?
    @OrNull var leases: Int?
    var forwards: [String]
    var reservations: Int
    /// What would be done to make it whole.
    var missing: [String]
}

extension NetworkReport {
    init(_ status: Status.Network) {
        let firewall: Firewall.State =
            switch status.firewallState {
            case .asWanted: .asWanted
            case .differs: .differs
            case .none: .none
            case .notVisible: .notVisible
            }
        self.init(
            bridge: status.bridge,
            state: status.state == .up ? .up : status.state == .down ? .down : .incomplete,
            addresses: status.addresses, mtuBytes: status.mtu, ports: status.ports.count,
            firewall: Firewall(
                state: firewall, rules: firewall == .notVisible ? nil : status.firewall,
                inTheWay: status.foreign),
            dnsmasq: Server(processID: status.dnsmasq, dnsPort: status.dnsPort),
            leases: status.leases, forwards: status.forwards, reservations: status.reservations,
            missing: status.missing)
    }

    /// A bridge that is not berth-net's.
    init(_ interface: Interface, on host: KernelNetwork) {
        self.init(
            bridge: printable(interface.name.bytes), state: interface.isUp ? .foreign : .down,
            addresses: host.addresses
                .filter { $0.interface == interface.index && !$0.isLinkLocal }
                .map { BridgeAddress($0).description },
            mtuBytes: interface.mtu,
            ports: host.interfaces.count { $0.master == interface.index },
            firewall: Firewall(state: .unmanaged, rules: nil, inTheWay: []), dnsmasq: nil,
            leases: nil, forwards: [], reservations: 0, missing: [])
    }
}

/// The kernel's own account of the host's network.
struct KernelNetwork {
    var interfaces: [Interface] = []
    var addresses: [InterfaceAddress] = []
    var veths: [VethEnd] = []

    func interface(at index: InterfaceIndex?) -> Interface? {
        interfaces.first { $0.index == index }
    }
}

extension HostStatus {
    mutating func observeNetworks(for caller: Credentials) {
        networks = []
        nics = []
        quotas = []
        leases = []
        do {
            networks = try Service.visibleStatus().networks.map { NetworkReport($0) }
        } catch { note(.networks, "what berth-net made cannot be looked at: \(error)") }
        do {
            let kernel = try RouteSocket.connect()
            let host = KernelNetwork(
                interfaces: try kernel.interfaces(), addresses: try kernel.addresses(),
                veths: try kernel.vethEnds())
            let usernet = UsernetReport.read(for: caller)
            observeNICs(on: host, usernet, kernel, for: caller)
            observeOtherBridges(on: host, usernet)
            observeQuotas(on: host, usernet, for: caller)
        } catch { note(.nics, "the kernel does not tell of its interfaces: \(error)") }
        observeLeases()
        if networks?.isEmpty ?? true { explainAbsence() }
    }

    /// Those that a line of lxc-usernet names, or that have containers of LXC's on them.
    private mutating func observeOtherBridges(on host: KernelNetwork, _ usernet: UsernetReport) {
        let known = networks?.map(\.bridge) ?? []
        let named = usernet.entries.map(\.bridge.description) + (nics ?? []).compactMap(\.bridge)
        for interface in host.interfaces where interface.kind == .bridge {
            let name = printable(interface.name.bytes)
            guard named.contains(name), !known.contains(name) else { continue }
            networks?.append(NetworkReport(interface, on: host))
        }
    }

    /// Why there is no network, if the settings tell.
    private mutating func explainAbsence() {
        let survey = Survey.look(asRoot: false)
        if let place = survey.switchedOff.first {
            note(.networks, "no network is up: USE_LXC_BRIDGE switches it off in \(place)")
        } else if let bridge = survey.networks.first?.bridge {
            note(.networks, "no network is up: berth-net start brings up \(bridge)")
        }
    }
}
