internal import Linux

/// How this host resolves names (resolv.conf(5)), as far as it matters to containers' names.
package struct HostResolver: Sendable {
    /// The service that routes names by domain; `nil` if the host has none. Sending all queries of
    /// the host through the name server of a container network would be harmful.
    package var resolver: HostDNSRoute.Resolver?
    /// The domains in which the host itself has names.
    package var domains: [String] = []

    package init() {}

    /// The files and programs from which this is determined.
    package struct Evidence: Sendable {
        package var resolvConf = ""
        package var nsswitch = ""
        /// openresolv's configuration.
        package var resolvconfConf = ""
        package var hostName = ""
        package var hasResolvectl = false
        /// Whether systemd-resolved has written its files.
        package var hasResolved = false
        /// The output of `resolvconf --version`; `nil` if it is not installed.
        package var resolvconfVersion: String?

        package init() {}
    }

    package init(_ evidence: Evidence) {
        let lines = Self.words(evidence.resolvConf)
        domains = lines.filter { ["search", "domain"].contains($0[0]) }
            .flatMap { $0.dropFirst() }
        if let dot = evidence.hostName.firstIndex(of: ".") {
            domains.append(String(evidence.hostName[dot...].dropFirst()))
        }
        domains = domains.map { $0.lowercased() }
        let servers = lines.filter { $0[0] == "nameserver" }.compactMap { $0.dropFirst().first }
        let isStub = servers.contains { ["127.0.0.53", "127.0.0.54"].contains($0) }
        let usesNSS = Self.words(evidence.nsswitch).contains {
            $0[0] == "hosts:" && $0.contains("resolve")
        }
        if evidence.hasResolvectl, evidence.hasResolved, isStub || usesNSS {
            resolver = .resolved
        } else if Self.isOpenresolv(evidence.resolvconfVersion),
            Self.hasLocalResolver(evidence.resolvconfConf)
        {
            resolver = .openresolv
        }
    }

    /// Whether the host has names of its own in the domain, or below it, that would be lost.
    func uses(_ domain: String) -> Bool {
        let domain = domain.lowercased()
        return domains.contains { $0 == domain || $0.hasSuffix("." + domain) }
    }

    private static func words(_ text: String) -> [[String]] {
        text.split(separator: "\n").map {
            $0.prefix { $0 != "#" && $0 != ";" }.split { $0 == " " || $0 == "\t" }
                .map(String.init)
        }
        .filter { !$0.isEmpty }
    }

    /// Whether it is an openresolv that can route a domain without completing names with it, which
    /// 3.16 is the first to do. Debian's resolvconf and the one of systemd cannot.
    private static func isOpenresolv(_ version: String?) -> Bool {
        let words = (version ?? "").split { $0 == " " || $0 == "\n" }
        guard words.count >= 2, words[0] == "openresolv" else { return false }
        let numbers = words[1].split(separator: ".").compactMap { Int($0) }
        guard numbers.count >= 2 else { return false }
        return numbers[0] > 3 || numbers[0] == 3 && numbers[1] >= 16
    }

    /// Whether openresolv's configuration names a resolver on this host, and a file of that
    /// resolver for the servers of domains.
    private static func hasLocalResolver(_ configuration: String) -> Bool {
        var values: [String: String] = [:]
        for line in configuration.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, !parts[0].hasPrefix("#") else { continue }
            let name = parts[0].trimmingPrefix { $0 == " " || $0 == "\t" }
            values[String(name)] = parts[1].filter { $0 != "\"" && $0 != "'" }
        }
        let servers = (values["name_servers"] ?? "").split { $0 == " " || $0 == "\t" }
        return servers.contains { $0.hasPrefix("127.") || $0 == "::1" }
            && ["dnsmasq_conf", "unbound_conf", "named_zones", "pdnsd_conf", "pdns_zones"]
                .contains { !(values[$0] ?? "").isEmpty }
    }
}
