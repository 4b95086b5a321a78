internal import Identity
internal import Linux

/// Which names the addresses of a network have (`LXC_DNS_NAMES=managed`).
///
/// `web` of alice is `web.alice.DOMAIN`. Of all containers named `web`, one is also `web.DOMAIN`
/// and `web`: the one with a reservation, or else the first one, for as long as it has its lease.
/// The NIC number 1 is `1.web.alice.DOMAIN`.
package struct ContainerNames: Equatable, Sendable {
    package private(set) var published: [PublishedNames] = []
    /// Sentences about names that several containers would have.
    package private(set) var conflicts: [String] = []

    /// What the names depend on, besides the settings.
    package struct Facts {
        package var nics: [AttachedNIC] = []
        package var leases: [Lease] = []
        /// What is published now.
        package var published: [PublishedNames] = []
        /// The names that the host and the administrator's file for dnsmasq assign.
        package var taken: Set<String> = []

        package init() {}
    }

    package init(_ network: DesiredNetwork, _ facts: Facts) {
        guard let domain = network.dns.domain else { return }
        let live = Claim.live(network, facts, domain)
        let claims =
            live + Claim.restarting(facts, domain, besides: Set(live.map(\.name)))
        let clients = Set(facts.leases.filter { !$0.isOfContainer }.compactMap(\.label))
        var holders: [String: String] = [:]
        for claim in claims.sorted(by: { ($0.rank, $0.order) < ($1.rank, $1.order) }) {
            if let holder = holders[claim.name] {
                conflicts.append(
                    "\(holder) and \(claim.holder) would both be \(claim.name), so "
                        + "\(claim.holder) has no name: rename one of the containers")
                continue
            }
            holders[claim.name] = claim.holder
            var names = [claim.name]
            if let label = claim.label {
                let short = ["\(label).\(domain)", label]
                let holder =
                    DNSLabel.reserved.contains(label)
                    ? "is reserved"
                    : holders[label].map { "belongs to \($0)" }
                        ?? claim.obstacle(short, facts.taken, clients)
                if let holder {
                    conflicts.append(
                        "\(short[0]) \(holder), so \(claim.holder) has only the name "
                            + claim.name)
                } else {
                    holders[label] = claim.holder
                    names += short
                }
            }
            published.append(
                PublishedNames(
                    address: claim.address, hardwareAddress: claim.hardwareAddress, names: names))
        }
        published.sort { $0.address < $1.address }
    }
}

/// One address, and the names that it would have.
private struct Claim {
    enum Rank: Int, Comparable {
        case reserved
        /// The container has the short names now.
        case holder
        case new
        static func < (one: Rank, other: Rank) -> Bool { one.rawValue < other.rawValue }
    }

    let address: IPv4Address
    let hardwareAddress: String?
    /// The container, for messages.
    let holder: String
    let name: String
    /// The label that it has in the domain; `nil` for all but the first NIC of a container.
    let label: String?
    var rank: Rank
    /// Among the claims of the same rank.
    let order: Int

    /// Reservations, whether their container runs or not, and leases of running containers.
    static func live(
        _ network: DesiredNetwork, _ facts: ContainerNames.Facts, _ domain: String
    ) -> [Claim] {
        var leases: [String: Lease] = [:]
        for lease in facts.leases {
            if let address = lease.hardwareAddress { leases[address] = lease }
        }
        let leasedAddresses = Set(facts.leases.map(\.address))
        var reservedFor: Set<String> = []
        var claims: [Claim] = []
        for (order, reservation) in network.dhcp.reservations.enumerated() {
            guard let nic = reservation.container else { continue }
            reservedFor.formUnion(nic.hardwareAddresses)
            let lease = nic.hardwareAddresses.lazy.compactMap { leases[$0] }.first
            let isTaken = leasedAddresses.contains(reservation.address.description)
            let leased = lease.flatMap { IPv4Address($0.address) }
            guard let address = leased ?? (isTaken ? nil : reservation.address) else { continue }
            claims += [
                Claim(nic.label, address, lease?.hardwareAddress, domain, .reserved, order)
            ].compactMap { $0 }
        }
        // The full names of the containers that have the short names.
        let holders = Set(facts.published.filter { $0.names.count > 1 }.map { $0.names[0] })
        for nic in facts.nics where !reservedFor.contains(nic.hardwareAddress) {
            guard let lease = leases[nic.hardwareAddress], let address = IPv4Address(lease.address),
                var claim = Claim(
                    nic.label, address, nic.hardwareAddress, domain, .new, Int(nic.index))
            else { continue }
            if holders.contains(claim.name) { claim.rank = .holder }
            claims.append(claim)
        }
        return claims
    }

    /// Leases of containers that have just stopped: they keep their names until the lease ends or
    /// is released, because they may be restarting.
    /// - Parameter names: those of running containers.
    static func restarting(
        _ facts: ContainerNames.Facts, _ domain: String, besides names: Set<String>
    ) -> [Claim] {
        var published: [String: PublishedNames] = [:]
        for entry in facts.published {
            if let address = entry.hardwareAddress { published[address] = entry }
        }
        return facts.leases.enumerated().compactMap { order, lease in
            guard lease.isOfContainer, let address = IPv4Address(lease.address),
                let before = lease.hardwareAddress.flatMap({ published[$0] }),
                let name = before.names.first, !names.contains(name),
                name.hasSuffix(".\(domain)"), name.dropLast(domain.utf8.count + 1).contains(".")
            else { return nil }
            let label = before.names.dropFirst().last
            guard label.map({ HostName.isLabel($0) && name.hasPrefix("\($0).") }) ?? true else {
                return nil
            }
            return Claim(
                address: address, hardwareAddress: lease.hardwareAddress, holder: name, name: name,
                label: label, rank: .holder, order: order)
        }
    }

    /// Why something other than a container has the short names; `nil` if nothing has. A
    /// reservation takes precedence.
    func obstacle(_ names: [String], _ taken: Set<String>, _ clients: Set<String>) -> String? {
        guard rank != .reserved else { return nil }
        if names.contains(where: taken.contains) {
            return "is already a name of this host or of its dnsmasq configuration"
        }
        let isClients = rank == .new && label.map { clients.contains($0) } ?? false
        return isClients ? "is the host name of another client" : nil
    }

    private init?(
        _ container: ContainerLabel, _ address: IPv4Address, _ hardwareAddress: String?,
        _ domain: String, _ rank: Rank, _ order: Int
    ) {
        guard let own = DNSLabel.of(container.name), let user = DNSLabel.of(container.user) else {
            return nil
        }
        let number = container.number == 0 ? "" : "\(container.number)."
        let name = "\(number)\(own).\(user).\(domain)"
        guard HostName.isDomain(name) else { return nil }
        self.init(
            address: address, hardwareAddress: hardwareAddress, holder: container.description,
            name: name, label: container.number == 0 ? own : nil, rank: rank, order: order)
    }

    private init(
        address: IPv4Address, hardwareAddress: String?, holder: String, name: String,
        label: String?, rank: Rank, order: Int
    ) {
        self.address = address
        self.hardwareAddress = hardwareAddress
        self.holder = holder
        self.name = name
        self.label = label
        self.rank = rank
        self.order = order
    }
}

extension Lease {
    /// The host name in lower case, if it is a valid label.
    fileprivate var label: String? {
        guard let hostName else { return nil }
        let text = String(decoding: hostName.bytes, as: UTF8.self).lowercased()
        return HostName.isLabel(text) ? text : nil
    }
}
