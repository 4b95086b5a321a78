internal import Linux
internal import Network

/// Whether the name servers in a container's resolv.conf can be reached from the container.
enum ContainerResolver: Check {
    static let name = "resolv-conf"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        if let link = facts.files.resolverLink { return dangling(link) }
        guard let resolver = facts.resolver, resolver.isFile else { return [] }
        let place = resolver.path.quoted
        let network = facts.usedNetworks.first { $0.dnsmasq != nil && $0.dnsPort == 53 }
        let server = network?.desired?.ipv4.map { "\($0.address)" }
        let fix = Fix.advice(
            "in the container, write nameserver \(server ?? "ADDRESS") into /etc/resolv.conf, or "
                + "start its DHCP client, which does that")
        guard let first = resolver.servers.first else {
            // A DHCP client fills it in.
            guard facts.config.nics.contains(where: { !$0.addresses.isEmpty }) else { return [] }
            return [.warning(place, "it names no name server, and the address is static", fix)]
        }
        let isLocal = resolver.servers.allSatisfy { $0.hasPrefix("127.") || $0 == "::1" }
        if isLocal, first.hasPrefix("127.0.0.5"), !resolver.hasResolved {
            return [
                .warning(
                    place,
                    "it names \(first), but systemd-resolved, which answers there, is not "
                        + "installed in the container", fix)
            ]
        }
        guard let network else { return [] }
        let old = resolver.servers.filter { isUnreachable($0, facts) }
        guard old.count == resolver.servers.count else { return [.ok(place, "it names \(first)")] }
        return [
            .warning(
                place,
                "it names \(listed(old)), which no host on \(network.bridge) has, and to which "
                    + "this host has no route of its own: it may have been written for another "
                    + "network", fix)
        ]
    }

    private static func dangling(_ link: ResolverLink) -> [Finding] {
        let message =
            "it is a symbolic link to \(link.target.quoted), which does not exist in the container"
        guard let maker = link.maker else {
            return [
                .warning(
                    link.path.quoted, "\(message), so its programs have no name server",
                    .advice("in the container, replace the link with a file"))
            ]
        }
        guard link.hasMaker == false else { return [] }
        return [
            .warning(
                link.path.quoted,
                "\(message): \(maker), which creates that file, does not run there, so the "
                    + "container's programs have no name server, and its DHCP client cannot write "
                    + "the file",
                .advice(
                    "in the container, replace the link with a file, which the DHCP client fills; "
                        + "or install \(maker)"))
        ]
    }

    /// Whether an address is for private use, but in no network to which this host has a route of
    /// its own, and not a name server of this host.
    private static func isOfUnknownNetwork(_ address: IPv4Address, _ facts: Facts) -> Bool {
        let ranges: [(UInt32, Int)] = [(0x0a00_0000, 8), (0xac10_0000, 12), (0xc0a8_0000, 16)]
        guard
            ranges.contains(where: {
                Prefix(of: IPv4Address(number: $0), length: $1).contains(address)
            })
        else { return false }
        return !facts.network.routes.contains {
            !$0.isDefault
                && IPRange(of: $0.destination, length: $0.prefixLength)
                    .contains(address.bytes)
        } && !facts.network.addresses.contains { $0.bytes == address.bytes }
            && !facts.packetPath.nameServers.contains { $0.address == address.description }
    }

    /// Whether an address is in the network's range, and no host answers there: neither the bridge
    /// nor a running container; or whether it is an address for private use that is unknown here.
    private static func isUnreachable(_ server: String, _ facts: Facts) -> Bool {
        guard let address = IPv4Address(server) else { return false }
        if isOfUnknownNetwork(address, facts) { return true }
        return facts.usedNetworks.contains { network in
            guard let range = network.desired?.ipv4, range.network.contains(address) else {
                return false
            }
            let isUsed = facts.packetPath.nics.contains { $0.addresses4.contains(address) }
            return range.address == address ? network.dnsPort != 53 : !isUsed
        }
    }
}
