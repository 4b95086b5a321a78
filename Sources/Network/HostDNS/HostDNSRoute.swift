internal import Linux

/// A route for names (split DNS): the resolver of the host asks the dnsmasq of a network for the
/// names in its domain, and for no others.
package struct HostDNSRoute: Codable, Hashable, Sendable {
    package enum Resolver: String, Codable, Sendable {
        case resolved = "systemd-resolved"
        case openresolv
    }

    package var resolver: Resolver
    package var server: IPv4Address
    package var port: UInt16
    package var domain: String

    /// The server as resolvectl(1) takes and prints it.
    var serverText: String { port == 53 ? server.description : "\(server):\(port)" }

    /// The arguments of resolvectl(1), one command after the other.
    ///
    /// The server comes last, so that it is never asked for other names. dnsmasq neither signs nor
    /// encrypts its answers, although the settings of the host can require this of every server.
    /// With LLMNR, containers could answer for other names.
    func resolvectlCommands(for bridge: BridgeName) -> [[String]] {
        [
            ("default-route", "no"), ("dnssec", "no"), ("dnsovertls", "no"), ("llmnr", "no"),
            ("domain", "~" + domain), ("dns", serverText),
        ]
        .map { [$0, bridge.description, $1] }
    }

    /// Lines of resolv.conf(5) for openresolv, which has no syntax for a port.
    var resolvConf: String { "nameserver \(server)\nsearch \(domain)\n" }

    /// What the resolver has for the bridge.
    package struct Observed: Hashable, Sendable {
        package var servers: [String] = []
        /// Domains that are used to route names, but not to complete them (routing-only domains),
        /// begin with `~`.
        package var domains: [String] = []

        package init() {}

        var isEmpty: Bool { servers.isEmpty && domains.isEmpty }
    }

    package var expected: Observed {
        var observed = Observed()
        observed.servers = [serverText]
        observed.domains = ["~" + domain]
        return observed
    }
}

extension DesiredNetwork {
    /// The route that lets this host resolve the names of containers.
    /// - Parameter dnsPort: the port on which dnsmasq serves DNS.
    /// - Returns: `nil` if names cannot be routed by domain, or the settings disable it.
    package func hostDNSRoute(_ host: HostResolver, dnsPort: UInt16) -> HostDNSRoute? {
        guard dns.isRoutedByHost, dnsPort != 0, let domain = dns.domain, !host.uses(domain),
            let resolver = host.resolver, resolver != .openresolv || dnsPort == 53,
            let server = ipv4?.address
        else { return nil }
        return HostDNSRoute(
            resolver: resolver, server: server, port: dnsPort, domain: domain)
    }

    /// What an administrator writes where the host does not route names by domain.
    package func hostDNSAdvice(_ host: HostResolver, dnsPort: UInt16) -> String? {
        guard dns.isRoutedByHost, dnsPort != 0, let domain = dns.domain,
            hostDNSRoute(host, dnsPort: dnsPort) == nil, let server = ipv4?.address
        else { return nil }
        if host.uses(domain) {
            return "not set up, because \(domain) is also the domain of this host: choose another "
                + "LXC_DOMAIN"
        }
        let port = dnsPort == 53 ? "" : "#\(dnsPort)"
        return "not set up; for names in \(domain), write server=/\(domain)/\(server)\(port) "
            + "in the configuration of a dnsmasq that this host uses as its resolver"
    }
}
