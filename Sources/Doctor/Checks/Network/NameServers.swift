internal import HostPaths
internal import Linux

/// Whether the name servers of the host can be reached: dnsmasq forwards the queries of containers
/// to them.
enum NameServers: Check {
    static let name = "name-servers"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.usedNetworks.contains(where: { $0.dnsmasq != nil }) else { return [] }
        let servers = facts.packetPath.nameServers
        guard !servers.isEmpty else {
            return [
                .warning(
                    Paths.resolvConf,
                    "it names no name server, so containers resolve only names of this host",
                    .advice(
                        "configure the name servers of this host, or add nameserver ADDRESS to "
                            + Paths.resolvConf))
            ]
        }
        // Without any route, the check "routes" says so.
        let hasRoute = facts.packetPath.routes.values.joined().contains { $0.uplink != nil }
        let unreachable = servers.compactMap { reason($0, hasRoute: hasRoute) }
        guard unreachable.count == servers.count else {
            return [
                .ok(Paths.resolvConf, "the name server \(servers[0].address) can be reached")
            ]
        }
        return zip(servers, unreachable).map { server, reason in
            .warning(
                "name server \(server.address)",
                "\(reason), so containers resolve no names of other hosts",
                .advice(
                    server.answers == false
                        ? "start the name server of this host, such as systemd-resolved, or name "
                            + "another one in \(Paths.resolvConf)"
                        : "correct \(Paths.resolvConf), or the routes of this host"))
        }
    }

    private static func reason(_ server: NameServerFacts, hasRoute: Bool) -> String? {
        if server.answers == false { return "no program on this host answers" }
        guard let refusal = server.refusal, hasRoute else { return nil }
        return "the kernel sends nothing to it (\(refusal.description))"
    }
}
