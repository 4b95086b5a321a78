internal import Linux

/// Warnings about what a plan does to running containers and to programs of the host. `plan`,
/// `check`, `start` and `reload` print them before a change.
package struct HarmWarnings {
    package let desired: DesiredNetwork
    /// The network as berth-net last set it up; `nil` if it is new.
    package let previous: DesiredNetwork?
    package let observed: ObservedNetwork
    package var leases: [Lease] = []
    /// The IPv4 addresses that answered on the bridge.
    package var neighbors: Set<String> = []
    /// The owners of NICs, by the name of the bridge port.
    package var owners: [String: String] = [:]
    package var sockets = Sockets([])
    /// The name of the program that holds one of the sockets.
    package var holder: ([Sockets.Socket]) -> String = { _ in "another program" }

    package init(
        desired: DesiredNetwork, previous: DesiredNetwork?, observed: ObservedNetwork
    ) {
        self.desired = desired
        self.previous = previous
        self.observed = observed
    }

    package var sentences: [String] {
        cutOff + takenPorts + unusedForwards + unusedReservations + ignoredReservations
    }

    private var bridge: BridgeName { desired.bridge }

    // MARK: - Containers that are cut off

    private var cutOff: [String] {
        guard !observed.ports.isEmpty else { return [] }
        var sentences: [String] = []
        if let previous {
            sentences += [
                previous.ipv4.flatMap { old in
                    guard let new = desired.ipv4 else {
                        return "\(bridge) no longer has an IPv4 address, so \(containers) lose "
                            + "their default route: restart them"
                    }
                    return move(
                        "IPv4", from: old.network, to: new.network,
                        gateway: (old.address, new.address))
                },
                previous.ipv6.flatMap { old in
                    guard let new = desired.ipv6 else {
                        return "IPv6 is removed from \(bridge), and from \(containers)"
                    }
                    return move(
                        "IPv6", from: old.network, to: new.network,
                        gateway: (old.address, new.address))
                },
            ].compactMap { $0 }
            if let old = previous.uplink, old != desired.uplink {
                sentences.append(
                    "\(bridge) loses its uplink \(old.port), so its containers are disconnected "
                        + "from that LAN: restart \(containers)")
            }
            if desired.dhcp.isDisabled, !previous.dhcp.isDisabled, desired.uplink == nil {
                sentences.append(
                    "\(bridge) no longer has DHCP, so leases will expire: give fixed addresses to "
                        + containers)
            }
        }
        if let mtu = observed.interface?.mtu, mtu > desired.mtu {
            sentences.append(
                "the MTU of \(bridge) shrinks from \(mtu) to \(desired.mtu), and containers lose "
                    + "larger packets until they renew their leases: restart \(containers)")
        }
        return sentences
    }

    private func move<Address>(
        _ version: String, from old: Prefix<Address>, to new: Prefix<Address>,
        gateway: (old: Address, new: Address)
    ) -> String? {
        if old != new {
            return
                "the \(version) range of \(bridge) changes from \(old) to \(new), which cuts off "
                + "containers until they get new addresses: restart \(containers)"
        }
        guard gateway.old != gateway.new else { return nil }
        return "the \(version) address of \(bridge) changes from \(gateway.old) to \(gateway.new), "
            + "so containers lose their default route and name server until they renew their "
            + "leases: restart \(containers)"
    }

    /// The bridge ports with their users, and the names and addresses of the leases.
    private var containers: String {
        let ports = observed.ports.map { port in
            port.description + (owners[port.description].map { " (\($0))" } ?? "")
        }
        let clients = leases.map { lease in
            lease.hostName.map { "\($0.escaped(upTo: 64)) " + lease.address } ?? lease.address
        }
        return "the containers on " + Self.listed(ports)
            + (clients.isEmpty ? "" : " (leases: " + Self.listed(clients) + ")")
    }

    private static func listed(_ items: [String]) -> String {
        items.prefix(8).joined(separator: ", ")
            + (items.count > 8 ? " and \(items.count - 8) more" : "")
    }

    // MARK: - Forwards and reservations

    private var takenPorts: [String] {
        desired.forwards.compactMap { forward in
            let taken = sockets.taken(by: forward)
            guard let port = taken.first?.port else { return nil }
            return "LXC_FORWARDS \"\(forward)\" takes port \(port) from \(holder(taken)), which "
                + "listens on it: other hosts reach the container instead; choose another port, or "
                + "name one of this host's addresses before the port"
        }
    }

    private var unusedForwards: [String] {
        let reserved = desired.dhcp.isDisabled ? [] : desired.dhcp.reservations.map(\.address)
        var (unused, canBeLeased): ([(forward: Forward, target: IPv4Address)], Bool) = ([], false)
        for forward in desired.forwards {
            guard case .ipv4(let target) = forward.target, !reserved.contains(target),
                !leases.contains(where: { $0.address == target.description }),
                !neighbors.contains(target.description)
            else { continue }
            let isLeased =
                !desired.dhcp.isDisabled && desired.dhcp.first <= target
                && target <= desired.dhcp.last
            // A container with a fixed address may start later.
            guard isLeased || !observed.ports.isEmpty else { continue }
            unused.append((forward, target))
            canBeLeased = canBeLeased || isLeased
        }
        guard let first = unused.first else { return [] }
        let (what, object) =
            unused.count == 1
            ? (
                "\"\(first.forward)\" leads to \(first.target), which no container has",
                "this address"
            )
            : (
                "entries lead to addresses that no container has: "
                    + Self.listed(unused.map { "\"\($0.forward)\"" }), "these addresses"
            )
        return [
            "LXC_FORWARDS \(what)"
                + (canBeLeased
                    ? ": reserve \(object) for \(unused.count == 1 ? "a container" : "containers") "
                        + "with LXC_DHCP_HOSTS" : "")
        ]
    }

    private var unusedReservations: [String] {
        guard !desired.dhcp.isDisabled else { return [] }
        var sentences: [String] = []
        var unused: [String] = []
        for reservation in desired.dhcp.reservations {
            let what = "\(reservation.client),\(reservation.address)"
            if let lease = leases.first(where: { $0.address == reservation.address.description }),
                !reservation.isFor(lease)
            {
                let name = lease.hostName.map { " (\($0.escaped(upTo: 64)))" } ?? ""
                sentences.append(
                    "LXC_DHCP_HOSTS \"\(what)\" has no effect yet: the address is leased to "
                        + "\(lease.hardwareAddress ?? "another container")\(name) until that "
                        + "lease ends")
            } else if reservation.container == nil, !leases.contains(where: reservation.isFor) {
                unused.append("\"\(what)\"")
            }
        }
        if !unused.isEmpty, !observed.ports.isEmpty {
            sentences.append(
                "no container on \(bridge) has asked for these addresses, which LXC_DHCP_HOSTS "
                    + "reserves: \(Self.listed(unused)); compare the hardware address or host name "
                    + "with the output of berth leases")
        }
        return sentences
    }

    /// Reservations by host name for users' containers, to which these do not apply.
    private var ignoredReservations: [String] {
        guard desired.dns.managesNames, !desired.dhcp.isDisabled else { return [] }
        let nics = observed.ports.compactMap { AttachedNIC($0) }
        return desired.dhcp.reservations.compactMap { reservation in
            guard let name = reservation.name?.lowercased(), reservation.hardwareAddress == nil,
                let nic = nics.first(where: { DNSLabel.of($0.label.name) == name })
            else { return nil }
            return "LXC_DHCP_HOSTS \"\(name),\(reservation.address)\" does not apply to "
                + "\(nic.label), because any container can send any host name: if you mean that "
                + "container, write \"\(nic.label),\(reservation.address)\""
        }
    }
}

extension Reservation {
    /// Whether the lease belongs to the container for which the address is reserved.
    package func isFor(_ lease: Lease) -> Bool {
        if let container {
            return lease.hardwareAddress.map { container.hardwareAddresses.contains($0) } ?? false
        }
        if let hardwareAddress { return hardwareAddress == lease.hardwareAddress?.lowercased() }
        return name.map { $0.lowercased() }
            == lease.hostName.map { String(decoding: $0.bytes, as: UTF8.self).lowercased() }
    }
}
