internal import Identity
internal import Linux

/// Which names the addresses of a network have (`LXC_DNS_NAMES=managed`).
///
/// `web` of alice is `web.alice.DOMAIN`, and `web.DOMAIN` and `web` if nobody else has that name:
/// the container with a reservation, or else the first one, for as long as it has its lease. The
/// NIC number 1 is `1.web.alice.DOMAIN`.
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
        /// The names that the host and the administrator's file for dnsmasq give away.
        package var taken: Set<String> = []

        package init() {}
    }

    package init(_ network: DesiredNetwork, _ facts: Facts) {
        guard let domain = network.dns.domain else { return }
        let live = Claim.live(network, facts, domain)
        let claims =
            live
            + Claim.restarting(facts, domain).filter { claim in
                !live.contains { $0.name == claim.name }
            }
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
                    ? "reserved"
                    : holders[label]
                        ?? claim.obstacle(short, facts.taken, clients)
                if let holder {
                    conflicts.append(
                        "\(short[0]) is \(holder), so \(claim.holder) is only \(claim.name)")
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
        /// It has the short names now.
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
        let reservations = network.dhcp.reservations.filter { $0.container != nil }
        let reserved: [Claim] = reservations.enumerated().compactMap { order, reservation in
            guard let nic = reservation.container else { return nil }
            let lease = facts.leases.first { nic.has($0) }
            let isTaken = facts.leases.contains { $0.address == reservation.address.description }
            let leased = lease.flatMap { IPv4Address($0.address) }
            guard let address = leased ?? (isTaken ? nil : reservation.address) else {
                return nil
            }
            return Claim(nic.label, address, lease?.hardwareAddress, domain, .reserved, order)
        }
        let leased: [Claim] = facts.leases.compactMap { lease in
            guard let address = IPv4Address(lease.address),
                let nic = facts.nics.first(where: { $0.hardwareAddress == lease.hardwareAddress }),
                !reservations.contains(where: { $0.container?.has(lease) ?? false })
            else { return nil }
            var claim = Claim(
                nic.label, address, lease.hardwareAddress, domain, .new, Int(nic.index))
            let isHolder = facts.published.contains { before in
                before.names.first == claim?.name && before.names.count > 1
            }
            if isHolder { claim?.rank = .holder }
            return claim
        }
        return reserved + leased
    }

    /// Leases of containers that have just stopped: they keep their names until the lease ends or
    /// is released, because they may be restarting.
    static func restarting(_ facts: ContainerNames.Facts, _ domain: String) -> [Claim] {
        facts.leases.enumerated().compactMap { order, lease in
            guard lease.isOfContainer, let address = IPv4Address(lease.address),
                let before = facts.published.first(where: {
                    $0.hardwareAddress == lease.hardwareAddress
                }), let name = before.names.first, name.hasSuffix(".\(domain)"),
                name.dropLast(domain.utf8.count + 1).contains(".")
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

    /// Whose the short names already are, apart from containers; `nil` if they are free. A
    /// reservation is the administrator's word, and wins.
    func obstacle(_ names: [String], _ taken: Set<String>, _ clients: Set<String>) -> String? {
        guard rank != .reserved else { return nil }
        if names.contains(where: taken.contains) { return "given away by this host" }
        let isClients = rank == .new && label.map { clients.contains($0) } ?? false
        return isClients ? "the host name of another client" : nil
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

extension IdentifiedNIC {
    /// Whether the lease is that of this NIC.
    package func has(_ lease: Lease) -> Bool {
        lease.hardwareAddress.map { hardwareAddresses.contains($0) } ?? false
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
