internal import HostPaths
internal import Linux
internal import Netlink

extension Service {
    borrowing func planAddressFilter(
        _ plan: inout Plan, _ observer: Observer, warns: Bool
    ) throws(Failure) {
        let filter = try tools.compareAddressFilter(
            of: plan.report.networks, plan.facts, observer.rules, plan.planner, plan.record.host)
        plan.addressFilter = filter.desired
        plan.addressClaims = filter.observed.listing == nil ? nil : filter.observed.claims
        plan.report.changes += filter.plan.changes
        guard warns else { return }
        for line in plan.facts.filterLines {
            let network = plan.report.networks.first { $0.bridge.description == line.bridge }
            let usesNft = network.map { plan.planner.dialect(for: $0) == .nft } ?? false
            let obstacle = AddressFilterObstacle(network, usesNft: usesNft)
            plan.report.warnings += [obstacle].compactMap {
                $0?.warning(line: line.number, bridge: line.bridge)
            }
        }
    }

    /// Brings the leases in the filter up to date. `berth-net run` calls this whenever dnsmasq has
    /// written a lease file.
    /// - Returns: whether to call it again soon.
    borrowing func updateFilteredLeases() throws -> Bool {
        let lock = try lock()
        defer { lock.release() }
        guard let record = try Record.load(), record.host.addressFilter != nil else { return false }
        let networks = record.networks.map(\.desired).filter(\.filtersAddresses)
        guard !networks.isEmpty else { return false }
        let bridges = networks.map(\.bridge)
        let observed = try tools.observeElements(on: networks, isLoaded: true)
        try? AddressClaim.save(observed.claims)
        let changes = ElementChanges(from: observed, networks: bridges)
        if !changes.isEmpty {
            try tools.make(
                AddressFilterChange(
                    sign: "~", sentence: "", script: changes.script, undo: nil,
                    networks: changes.removesNICs ? bridges : []))
        }
        return changes.isUnsettled
    }

    /// Removes leases from the filter. It must no longer know them when they are released, because
    /// dnsmasq can lease their addresses to others at once.
    /// - Returns: the leases that can be released.
    borrowing func withdrawnFromFilter(_ leases: [Lease], _ record: Record) -> [Lease] {
        guard record.host.addressFilter != nil else { return leases }
        let grants = FilterElements.grants(leases, now: 0)
        let changes = ElementChanges(withdrawing: grants)
        guard !changes.isEmpty else { return leases }
        do throws(Failure) {
            try tools.make(
                AddressFilterChange(
                    sign: "~", sentence: "", script: changes.script, undo: nil, networks: []))
            return leases
        } catch {
            // The others are not in the filter. These are tried again.
            return leases.filter { lease in
                !grants.contains {
                    $0.hardwareAddress == lease.hardwareAddress && $0.address == lease.address
                }
            }
        }
    }

    /// The removal of the filter, unless a NIC needs it: such a NIC could then use any address.
    /// - Parameter networks: those that stay.
    borrowing func addressFilterRemoval(
        _ rules: LiveRules, _ facts: HostFacts, for networks: [DesiredNetwork],
        _ report: inout Report
    ) -> [Change] {
        var observed = ObservedAddressFilter()
        observed.listing = rules.nft?[AddressFilter.table]
        let nics = facts.interfaces.filter { $0.filteredAddress != nil }
        observed.addresses = FilterElements.addresses(among: nics)
        if observed.listing != nil, observed.isNeeded, networks.isEmpty {
            report.warnings.append(
                "the firewall table \(AddressFilter.table) remains: "
                    + nics.map(\.description).joined(separator: ", ")
                    + " \(nics.count == 1 ? "has" : "have") ipfilter")
        }
        guard networks.isEmpty else { return [] }
        if !observed.isNeeded { try? SmallFile.remove(Paths.addressClaims) }
        return AddressFilterPlan(nil, observed, nil).changes
    }

    /// Removes a filter that was kept when the networks were removed.
    borrowing func removeAddressFilter(_ report: inout Report) throws -> [Change] {
        let facts = try HostFacts.observe(tools, nil)
        let changes = addressFilterRemoval(
            try LiveRules(tools, readsIptables: false), facts, for: [], &report)
        let (made, failed) = try tools.apply(changes) { _ in true }
        if let failure = failed.first?.failure { throw failure }
        return made
    }
}
