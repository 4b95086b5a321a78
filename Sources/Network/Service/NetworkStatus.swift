internal import HostPaths
internal import Linux

/// The status of one network: its desired state compared with the host.
package struct NetworkStatus: Encodable, Sendable {
    package enum State: String, Encodable, Sendable {
        /// As berth-net created it.
        case up
        /// Created by berth-net, but a part of it is missing.
        case incomplete
        /// It was not created, or its bridge was removed.
        case down
    }

    /// The desired firewall rules compared with those of the host.
    package enum FirewallState: String, Encodable, Sendable {
        case asConfigured = "as-configured"
        case differs
        /// No rules are desired, and none exist.
        case none
        /// Only root can list the rules.
        case notVisible = "not-visible"
    }

    /// The source of the DNS names of containers.
    package struct NameSource: Encodable, Sendable {
        package enum Mode: String, Encodable, Sendable {
            /// berth-net, which knows the containers of users.
            case managed
            /// The DHCP clients themselves.
            case client
        }

        package let mode: Mode
        package let domain: String?
        /// Whether `berth-net run` publishes a name as soon as a container has an address. If not,
        /// names are updated by `start` and `reload`. `nil` for users other than root.
        package let isContinuous: Bool?

        var text: String {
            guard mode == .managed else { return "as clients send them" }
            let updates =
                switch isContinuous {
                case true?: ", kept up to date by berth-net run"
                case false?: ", updated by start and reload only: berth-net run is not running"
                case nil: ""
                }
            return "managed" + (domain.map { ", in the domain \($0)" } ?? "") + updates
        }
    }

    /// A NIC of a user's container.
    package struct Container: Encodable, Sendable {
        /// The host's end.
        package let port: String
        /// `USER/NAME`, or `USER/NAME:NUMBER`.
        package let container: String
        /// The address that it leases; `nil` if it leases none, or the caller may not read leases.
        package let address: String?
    }

    package let bridge: String
    /// `nil` for a bridge of another program.
    package var desired: DesiredNetwork?
    /// The network as the present settings describe it; `nil` if they do not name it.
    package var wanted: DesiredNetwork?
    /// The file with its settings; `nil` if the settings do not name it.
    package var settingsFile: String?
    package var state = State.down
    /// Whether the record names it.
    package var isMade = false
    /// Whether LXC's script set it up again after berth-net had done so.
    package var isServedByLXCNet = false
    /// Whether the bridge exists with its address, although neither berth-net nor LXC's script has
    /// a record of having created it.
    package var hasLostState = false
    /// Whether the settings name it.
    package var isConfigured = true
    /// Each with its prefix length.
    package var addresses: [String] = []
    package var mtu: UInt32 = 0
    /// The interfaces attached to the bridge.
    package var ports: [String] = []
    /// The port that joins the network with those of other hosts; `nil` if there is none.
    package var tunnel: TunnelStatus?
    /// The port through which the network is part of a LAN; `nil` without one.
    package var uplink: UplinkStatus?
    /// Why the uplink is not attached, and how to fix that.
    package var uplinkFault: String?
    /// Those of ``ports`` that belong to users' containers.
    package var containers: [Container] = []
    /// The number of leases; `nil` if the caller may not read them.
    package var leases: Int?
    /// The leases; `nil` if the caller may not read them.
    package var granted: [Lease]?
    /// The number of IPv4 addresses that dnsmasq can lease at once; `nil` without DHCP.
    package var leaseRange: Int?
    /// Those of ``leaseRange`` that are leased; `nil` if the caller may not read the leases.
    package var leasesInRange: Int?
    /// The first and the last IPv4 address that dnsmasq leases, as numbers; `nil` without DHCP.
    package var leasedNumbers: ClosedRange<UInt32>?
    /// The process ID of its dnsmasq.
    package var dnsmasq: Int32?
    /// Whether the settings leave dnsmasq anything to serve.
    package var needsDnsmasq = true
    /// The port on which its dnsmasq serves DNS; 0 for no DNS.
    package var dnsPort: UInt16 = 53
    package var configuredDNSPort: UInt16 = 53
    /// The program that holds the configured port, such as "named (process 812)".
    package var portHolder: String?
    /// Where its rules are, such as "nft table inet berth_lxcbr0".
    package var firewall: String?
    package var firewallState = FirewallState.notVisible
    /// Where the names of users' containers come from; `nil` without DNS.
    package var names: NameSource?
    /// The resolver of the host that asks its dnsmasq for names in its domain.
    package var hostDNS: String?
    /// What to do so that this host resolves these names, if no resolver routes them.
    package var hostDNSAdvice: String?
    /// Whether `berth-net run` maintains it; `nil` for users other than root.
    package var isMaintained: Bool?
    /// The number of NICs with `ipfilter`; `nil` if the filter is not needed, or not visible.
    package var filteredNICs: Int?
    /// Why NICs with `ipfilter` are refused on this bridge.
    package var filterObstacle: AddressFilterObstacle?
    package var forwards: [String] = []
    package var reservations = 0
    package var reservedAddresses: Set<String> = []
    /// The changes that `reload` would make to complete it.
    package var missing: [String] = []
    /// Those of ``missing`` that ``tunnel`` describes.
    package var missingOfTunnel: [String] = []
    /// Whether ``missing`` contains nothing but the MTU.
    package var differsOnlyInSize = false
    /// The number of packets that were dropped because the route to their source is not through the
    /// bridge; `nil` if they were not counted, or the caller may not list them.
    package var droppedSources: UInt64?
    /// Other programs' chains that drop its packets; `nil` if the caller may not list them.
    package var foreignFirewalls: [ForeignFirewall]?
    /// ``foreignFirewalls`` as messages that say how to fix them.
    package var foreign: [String] = []

    package init(bridge: String) { self.bridge = bridge }

    /// The keys that `berth-net status --json` prints.
    private enum CodingKeys: CodingKey {
        case bridge, state, addresses, mtu, ports, tunnel, uplink
        case containers, leases, dnsmasq, dnsPort, names
        case firewall, firewallState, hostDNS, hostDNSAdvice, forwards, reservations, missing
        case foreign, isMaintained
    }
}

extension NetworkStatus {
    init(
        _ desired: DesiredNetwork, _ record: Record.Entry?, _ observed: ObservedNetwork,
        _ planner: Planner, _ host: HostPlan, asRoot: Bool
    ) {
        self.init(bridge: desired.bridge.description)
        self.desired = desired
        var observed = observed
        // If only /etc/hosts has changed, the network is still complete.
        if observed.hostNames != nil {
            observed.hostNames = planner.capabilities.hostNames.file(for: desired)
        }
        let changes =
            record.map {
                planner.changes(to: $0.desired, from: observed, record: $0) + host.enabling
                    + planner.lostNICs($0.desired, observed, record: $0)
            } ?? []
        let missing = changes.filter {
            (asRoot || $0.isVisibleToUsers) && !$0.isBookkeeping
        }
        differsOnlyInSize = !missing.isEmpty && missing.allSatisfy(\.isSize)
        isMade = record != nil
        isServedByLXCNet = observed.isServedByLXCNet
        if isMade, observed.interface != nil { state = missing.isEmpty ? .up : .incomplete }
        addresses = observed.addresses.map(\.description)
        hasLostState =
            record == nil && observed.interface != nil && !SmallFile.exists(Paths.networkUp)
            && desired.addresses.contains { observed.addresses.contains($0) }
        mtu = observed.interface?.mtu ?? 0
        ports = observed.ports.map(\.description)
        tunnel = TunnelStatus(observed, of: desired)
        if asRoot, isMade {
            tunnel?.guardState =
                planner.tunnelGuard(desired, observed, record).isEmpty
                ? .asConfigured : observed.tunnelGuard == nil ? .missing : .differs
        }
        uplink = UplinkStatus(desired, observed)
        let leased = Leases.of(desired.bridge)
        leases = leased?.count
        granted = leased
        if !desired.dhcp.isDisabled {
            let range = LeaseRange(desired)
            leaseRange = range.size
            leasedNumbers = range.numbers
            leasesInRange = leased?.count { range.contains($0) }
        }
        containers = observed.ports.compactMap { AttachedNIC($0) }.map { nic in
            Container(
                port: nic.port, container: nic.label.description,
                address: leased?.first { $0.hardwareAddress == nic.hardwareAddress }?.address)
        }
        dnsmasq = observed.dnsmasq?.process
        needsDnsmasq = planner.configuration(desired, observed).servesAnything
        let served = planner.dnsPort(desired, observed)
        dnsPort = asRoot ? served : record?.dnsPort ?? served
        configuredDNSPort = desired.dns.port
        if dnsPort != 0 {
            let isManaged = desired.managesNames(dnsPort: dnsPort)
            names = NameSource(
                mode: isManaged ? .managed : .client, domain: desired.dns.domain,
                isContinuous: isManaged ? RunMarker.isSet : nil)
        }
        portHolder = observed.nameServerPortHolder
        if observed.nftTable != nil {
            firewall = "nft table \(NftDialect.table(of: desired.bridge))"
        } else if record?.firewall?.dialect == .iptables {
            firewall = "iptables, comment \(IptablesDialect.tag(desired.bridge))"
        }
        if asRoot {
            let differs = missing.contains { $0.isFirewall(of: desired.bridge) }
            firewallState = differs ? .differs : record?.firewall == nil ? .none : .asConfigured
        }
        hostDNS = record?.hostDNS?.resolver.rawValue
        hostDNSAdvice = desired.hostDNSAdvice(planner.capabilities.hostResolver, dnsPort: dnsPort)
        isMaintained = asRoot && record != nil ? RunMarker.isSet : nil
        forwards = desired.forwards.map(\.description)
        reservations = desired.dhcp.reservations.count
        reservedAddresses = Set(desired.dhcp.reservations.map(\.address.description))
        self.missing = missing.map(\.description)
        uplinkFault = record.flatMap { observed.uplinkFault($0.desired) }
        if let fault = uplinkFault {
            self.missing.append("uplink: \(fault)")
            differsOnlyInSize = false
            if state == .up { state = .incomplete }
        }
        missingOfTunnel = missing.filter(\.isOfTunnel).map(\.description)
    }

    /// Adds the state of the filter, which all networks share.
    mutating func note(_ filter: ComparedAddressFilter) {
        filteredNICs = filter.observed.nics.count { $0.bridge.description == bridge }
        guard !filter.plan.changes.isEmpty else { return }
        missing += filter.plan.changes.map(\.description)
        differsOnlyInSize = false
        if state == .up { state = .incomplete }
    }
}
