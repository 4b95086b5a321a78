internal import Linux
internal import Network

/// Whether each address that is reserved for a container of the user is for a container that
/// exists, and free for it.
enum Reservations: Check {
    static let name = "reservations"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        facts.usedNetworks.flatMap { network -> [Finding] in
            guard let desired = network.desired, !desired.dhcp.isDisabled else { return [] }
            let reservations = desired.dhcp.reservations.filter { isTheirs($0, facts) }
            let findings = reservations.prefix(256).compactMap { reservation in
                misspelled(reservation, network, facts) ?? leased(reservation, network, facts)
            }
            return findings.isEmpty && !reservations.isEmpty
                ? [.ok("LXC_DHCP_HOSTS of \(network.bridge)", "the reserved addresses are free")]
                : findings
        }
    }

    /// Whether it is for a container of the user. Other reservations concern root.
    private static func isTheirs(_ reservation: Reservation, _ facts: Facts) -> Bool {
        guard let label = reservation.container?.label else { return facts.target.isRoot }
        return label.user == facts.target.account.name
    }

    /// berth-net cannot know which containers a user has.
    private static func misspelled(
        _ reservation: Reservation, _ network: NetworkStatus, _ facts: Facts
    ) -> Finding? {
        guard let label = reservation.container?.label, let names = facts.containers,
            !names.contains(where: { $0.bytes == label.name })
        else { return nil }
        let name = String(decoding: label.name, as: UTF8.self)
        // The names that the settings do not reserve an address for.
        let reserved = network.desired?.dhcp.reservations.compactMap(\.container?.label.name) ?? []
        let free = names.filter { !reserved.contains($0.bytes) && $0.bytes.first != 0x2e }
        let nearest = ConfigKeys.nearest(
            to: name, of: free.prefix(256).map { String(decoding: $0.bytes, as: UTF8.self) })
        let owner = facts.target.name
        return .warning(
            place(reservation, network),
            "\(owner) has no container \(UntrustedText(name).quoted)"
                + (nearest.map { ": did you mean \(UntrustedText($0).quoted)?" } ?? ""),
            .advice(
                "as root, correct the name in \(file(of: network)), and run berth-net reload, "
                    + "unless the container is still to be created"))
    }

    /// dnsmasq leases the address to the other client until its lease ends.
    private static func leased(
        _ reservation: Reservation, _ network: NetworkStatus, _ facts: Facts
    ) -> Finding? {
        // Only root can derive the hardware addresses of a container.
        if let container = reservation.container, container.hardwareAddresses.isEmpty { return nil }
        let address = reservation.address.description
        guard let lease = network.granted?.first(where: { $0.address == address }),
            !reservation.isFor(lease)
        else { return nil }
        // The client may be the container itself, with a former hardware address.
        let client = lease.hardwareAddress ?? "another client"
        return Finding(
            .problem, place(reservation, network),
            "\(address) is leased to \(client)"
                + (lease.hostName.map { " (\($0.quoted))" } ?? "")
                + ", so \(reservation.client) gets another address until that lease ends",
            [
                .advice(
                    "as root, run berth-net stop, remove the line with \(address) from "
                        + "/var/lib/misc/dnsmasq.\(network.bridge).leases, run berth-net start, "
                        + "and start both containers again; or reserve another address")
            ])
    }

    private static func place(_ reservation: Reservation, _ network: NetworkStatus) -> String {
        "LXC_DHCP_HOSTS of \(network.bridge), \(reservation.client),\(reservation.address)"
    }

    private static func file(of network: NetworkStatus) -> String {
        network.settingsFile ?? "the settings of berth-net"
    }
}
