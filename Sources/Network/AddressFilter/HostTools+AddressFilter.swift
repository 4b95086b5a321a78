internal import HostPaths
internal import Identity
internal import Linux
internal import Netlink

/// The filter as it should be and as it is.
struct ComparedAddressFilter {
    /// `nil` if no network needs it.
    let desired: AddressFilter?
    let observed: ObservedAddressFilter
    let plan: AddressFilterPlan
}

extension HostTools {
    borrowing func compareAddressFilter(
        of networks: [DesiredNetwork], _ facts: HostFacts, _ rules: LiveRules, _ planner: Planner,
        _ record: Record.HostEntry
    ) throws(Failure) -> ComparedAddressFilter {
        let networks = networks.filter(planner.filtersAddresses)
        let desired: AddressFilter? =
            networks.isEmpty
            ? nil
            : AddressFilter(
                networks: networks.compactMap { network in
                    .init(network, hardwareAddress: facts.address(of: network)) {
                        facts.grantsFilter($0, network.bridge)
                    }
                },
                knowsBridges: knowsBridgesOfPorts(),
                host: facts.addresses(withLinkLocalOnesOf: networks.map(\.bridge)))
        let listing = rules.nft?[AddressFilter.table]
        var observed = try observeElements(
            on: networks, isLoaded: listing != nil && !networks.isEmpty)
        observed.listing = listing
        if listing == nil, !networks.isEmpty {
            observed.savedClaims = AddressClaim.load()
            let bridges = networks.compactMap { facts.interface(named: $0.bridge)?.index }
            observed.neighbors = try neighbors(on: bridges)
        }
        return ComparedAddressFilter(
            desired: desired, observed: observed,
            plan: AddressFilterPlan(
                desired, observed, record.addressFilter, nft: planner.capabilities.ruleTools.nft))
    }

    /// - Parameter isLoaded: whether the table exists.
    borrowing func observeElements(
        on networks: [DesiredNetwork], isLoaded: Bool
    ) throws(Failure) -> ObservedAddressFilter {
        var observed = ObservedAddressFilter()
        if isLoaded, let nft {
            let table = AddressFilter.table
            let text = try Self.run(nft, ["-j", "list", "table", table.family, table.name])
            observed.elements = FilterElements.listed(inJSON: text)
        }
        // Read the NICs after the elements: berth-nic creates a NIC before it adds its elements.
        let interfaces = try interfaces()
        observed.nics = FilterElements.nics(among: interfaces, on: networks.map(\.bridge))
        observed.addresses = FilterElements.addresses(among: interfaces)
        observed.grants = Self.grants(on: networks)
        return observed
    }

    /// The IPv6 addresses of neighbors without `ipfilter` (RTM_GETNEIGH).
    private borrowing func neighbors(
        on bridges: [InterfaceIndex]
    ) throws(Failure) -> [IPv6Address] {
        let entries: [NeighborEntry]
        do { entries = try socket.neighbors6() } catch { throw Failure("\(error)") }
        return entries.filter {
            bridges.contains($0.interface)
                && HardwareBlock(containerAddress: $0.hardwareAddress) != .filtered
        }.compactMap { IPv6Address(bytes: $0.address) }
    }

    private borrowing func interfaces() throws(Failure) -> [Interface] {
        do { return try socket.interfaces() } catch { throw Failure("\(error)") }
    }

    /// - Returns: `nil` if a file cannot be read.
    private static func grants(on networks: [DesiredNetwork]) -> [FilterElements.Grant]? {
        var all: [FilterElements.Grant] = []
        for network in networks {
            guard let leases = Leases.of(network.bridge) else { return nil }
            all += FilterElements.grants(
                leases, now: wallClock(),
                lifetime: AddressFilter.Network.leaseTime(network.dhcp.details))
        }
        return all
    }

    /// Whether rules can match the bridge of a port.
    private borrowing func knowsBridgesOfPorts() -> Bool {
        guard let nft else { return false }
        let table = NftTable(family: "bridge", name: "berth_probe")
        let script = """
            add table \(table)
            add chain \(table) probe
            add rule \(table) probe meta ibrname "probe"

            """
        return (try? Self.run(nft, ["--check", "-f", "-"], input: script)) != nil
    }

    borrowing func make(_ change: AddressFilterChange) throws(Failure) {
        guard let nft else { throw Failure("nft is no longer installed: install nftables") }
        _ = try Self.run(nft, ["-f", "-"], input: change.script)
        guard !change.networks.isEmpty else { return }
        let nics = FilterElements.nics(among: try interfaces(), on: change.networks)
        let again = ElementChanges(adding: nics)
        guard !again.isEmpty else { return }
        _ = try Self.run(nft, ["-f", "-"], input: again.script)
    }
}

extension HostFacts {
    /// The addresses of all interfaces, except link-local ones of interfaces other than these.
    fileprivate func addresses(withLinkLocalOnesOf bridges: [BridgeName]) -> [InterfaceAddress] {
        let own = bridges.compactMap { interface(named: $0)?.index }
        return addresses.filter { !$0.isLinkLocal || own.contains($0.interface) }
    }

    /// The hardware address that the bridge has, or will have.
    fileprivate func address(of network: DesiredNetwork) -> MACAddress? {
        let given = network.hardwareAddress ?? DesiredNetwork.standardHardwareAddress
        let now = network.hardwareAddress == nil ? interface(named: network.bridge)?.address : nil
        return now ?? MACAddress(text: Array(given.utf8))
    }
}

extension Planner {
    /// Whether the network is one on whose bridge ``AddressFilter`` filters.
    package func filtersAddresses(_ network: DesiredNetwork) -> Bool {
        network.filtersAddresses && dialect(for: network) == .nft
    }
}
