internal import HostPaths
internal import Linux
internal import Netlink

extension Service {
    /// Publishes names when the networks are up, and releases the leases of containers that no
    /// longer run, unless `berth-net run` does that.
    borrowing func leaseWarnings(of record: Record) -> [String] {
        let releases = !isSupervised && !(RunMarker.isSet ?? false)
        do {
            return try updateLeases(of: record) { releases ? $0.withoutNIC : [] }
        } catch { return ["the names of containers are not updated: \(error)"] }
    }

    /// Publishes the names of containers on all networks, and releases leases.
    /// - Parameter isDue: chooses from the leases without a NIC those to release.
    /// - Returns: sentences about names that several containers would have.
    @discardableResult
    borrowing func updateLeases(
        of record: Record, releasing isDue: (SpentLeases.Snapshot) -> [Lease]
    ) throws -> [String] {
        var conflicts: [String] = []
        let interfaces = try tools.socket.interfaces()
        let nics = interfaces.compactMap { AttachedNIC($0) }
        for entry in record.networks where !entry.desired.dhcp.isDisabled {
            let network = entry.desired
            guard let gateway = network.ipv4?.address,
                let bridge = interfaces.first(where: { $0.name == network.bridge.interface })
            else { continue }
            var leases = Leases.of(network.bridge) ?? []
            let snapshot = SpentLeases.Snapshot(
                network, leases: leases, present: Set(nics.map(\.hardwareAddress)))
            for lease in withdrawnFromFilter(isDue(snapshot), record) {
                guard let message = DHCPRelease(lease, from: gateway) else { continue }
                try Datagram.send(
                    message.bytes, to: gateway.bytes, port: 67,
                    through: bridge.index.number)
                leases.removeAll { $0 == lease }
            }
            let ports = Set(interfaces.filter { $0.master == bridge.index }.map(\.index.number))
            conflicts += try publishNames(
                of: entry, leases, nics.filter { ports.contains($0.index) })
        }
        return conflicts
    }

    private borrowing func publishNames(
        of entry: Record.Entry, _ leases: [Lease], _ nics: [AttachedNIC]
    ) throws -> [String] {
        let network = entry.desired
        guard network.managesNames(dnsPort: entry.dnsPort), tools.dnsmasq != nil else { return [] }
        let directory = NamesDirectory(bridge: network.bridge)
        try directory.create()
        var facts = ContainerNames.Facts()
        facts.nics = nics
        facts.leases = leases
        facts.published = try directory.read()
        facts.taken = try namesOfHost(network)
        let names = ContainerNames(network, facts)
        if try directory.replace(with: names.published),
            !tools.dnsmasqFeatures().forgetsRemovedNames
        {
            try DnsmasqProcess.reload(network.bridge)
        }
        return names.conflicts
    }

    /// The names in the hosts file of dnsmasq, and those that the administrator reserves.
    private borrowing func namesOfHost(_ network: DesiredNetwork) throws -> Set<String> {
        let hosts = try Observer.text(of: DnsmasqPaths.hostNames(of: network.bridge)) ?? ""
        var names = hosts.split(separator: "\n")
            .flatMap { $0.split(separator: " ").dropFirst() }.map { $0.lowercased() }
        names += network.dhcp.reservations.compactMap { $0.name?.lowercased() }
        if let file = network.dhcp.configurationFile {
            names += DnsmasqFile(file, from: .host).clientNames.map { $0.lowercased() }
        }
        return Set(names)
    }
}
