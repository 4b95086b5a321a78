internal import HostPaths
internal import Linux
internal import Network

/// Whether the name servers of the host can be reached: dnsmasq forwards the queries of containers
/// to them.
enum NameServers: Check {
    static let name = "name-servers"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.usedNetworks.contains(where: { $0.dnsmasq != nil }) else { return [] }
        let servers = facts.packetPath.nameServers
        let file = resolvConf(facts.packetPath.resolvConf)
        guard !servers.isEmpty else {
            return file
                ?? [
                    .warning(
                        Paths.resolvConf,
                        "it names no name server, so containers resolve only names of this host",
                        .advice(
                            "configure the name servers of this host, or write nameserver "
                                + "ADDRESS into \(Paths.resolvConf)"))
                ]
        }
        let own = servers.compactMap { server in
            facts.usedNetworks.first {
                $0.addresses.contains { $0.hasPrefix("\(server.address)/") }
            }
            .map { (server, $0.bridge) }
        }
        guard own.count < servers.count else {
            return own.map { server, bridge in
                .warning(
                    "\(Paths.resolvConf), \(server.address)",
                    "it is the address of \(bridge): dnsmasq there forwards queries to the name "
                        + "servers in this file, and so to itself, so containers resolve no names "
                        + "of other hosts",
                    .advice("name the name servers of this host's network in \(Paths.resolvConf)"))
            }
        }
        // Without any route, the check "routes" says so.
        let hasRoute = facts.packetPath.routes.values.joined().contains { $0.uplink != nil }
        let unreachable = servers.compactMap { reason($0, hasRoute: hasRoute) }
        guard unreachable.count == servers.count else {
            return file ?? [
                .ok(Paths.resolvConf, "the name server \(servers[0].address) can be reached")
            ]
        }
        return (file ?? [])
            + zip(servers, unreachable).map { server, reason in
                .warning(
                    "name server \(server.address)",
                    "\(reason), so containers resolve no names of other hosts",
                    .advice(fix(server)))
            }
    }

    private static func fix(_ server: NameServerFacts) -> String {
        if let drop = server.drops.first {
            return "accept UDP and TCP packets \(drop.isAnswer ? "from" : "to") port 53 of "
                + "\(server.address) in this chain"
        }
        return server.isLocal
            ? "start the name server of this host, such as systemd-resolved, or name another one "
                + "in \(Paths.resolvConf)"
            : "name a server in \(Paths.resolvConf) that this host reaches, or correct the routes "
                + "of this host"
    }

    private static func reason(_ server: NameServerFacts, hasRoute: Bool) -> String? {
        guard server.answers == false else { return nil }
        if server.isLocal { return "no program on this host answers" }
        if let drop = server.drops.first {
            let packets =
                drop.isAnswer ? "the answers of this server" : "this host's queries to it"
            return "\(drop.sentence) drops \(packets) \(drop.drop.text(in: drop.chain))"
        }
        guard hasRoute else { return nil }
        return server.refusal.map { "the kernel sends nothing to it (\($0.description))" }
            ?? "it did not answer a query within \(NameServerProbe.milliseconds) ms"
    }

    /// What is wrong with the file itself.
    private static func resolvConf(_ file: ResolvConfFacts) -> [Finding]? {
        let path = Paths.resolvConf
        if let target = file.danglingTarget {
            return [
                .warning(
                    path,
                    "it is a link to \(target.quoted), which does not exist, so containers resolve "
                        + "only names of this host",
                    .advice(
                        "start the program that writes that file, such as systemd-resolved, or "
                            + "replace the link with a file that has the line nameserver ADDRESS"))
            ]
        }
        if !file.isReadableByAll {
            return [
                .warning(
                    path,
                    "users other than root may not read it, so dnsmasq, which does not run as "
                        + "root, does not know this host's name servers",
                    .command("chmod a+r \(path)", by: .root))
            ]
        }
        guard !file.invalidLines.isEmpty else { return nil }
        return file.invalidLines.prefix(4).map { line in
            .warning(
                "\(path):\(line)", "the line names no name server",
                .advice("write nameserver ADDRESS, with the IP address of the server"))
        }
    }
}
