internal import HostPaths
internal import Linux

extension HostResolver {
    static func observe() -> HostResolver {
        func text(_ path: String) -> String {
            String(decoding: ((try? SmallFile.contents(of: path)) ?? nil) ?? [], as: UTF8.self)
        }
        var evidence = Evidence()
        evidence.resolvConf = text(Paths.resolvConf)
        evidence.nsswitch = text(Paths.nameServiceSwitch)
        evidence.hostName = kernelSetting(Paths.hostName) ?? ""
        evidence.hasResolvectl = ExternalProgram(named: "resolvectl") != nil
        evidence.hasResolved = SmallFile.exists(Paths.resolvedStub)
        evidence.resolvconfConf = text(Paths.resolvconfConfiguration)
        if !evidence.resolvconfConf.isEmpty, let program = ExternalProgram(named: "resolvconf") {
            evidence.resolvconfVersion = try? HostTools.run(
                program, ["--version"], atMost: HostTools.resolverTimeLimit)
        }
        return HostResolver(evidence)
    }
}

extension HostTools {
    /// In milliseconds: a resolver that does not answer must not delay the networks for long.
    static let resolverTimeLimit: Int32 = 5_000

    /// What the resolver has for the bridge.
    static func hostDNS(
        _ resolver: HostDNSRoute.Resolver, of bridge: BridgeName
    ) -> HostDNSRoute.Observed {
        var observed = HostDNSRoute.Observed()
        switch resolver {
        case .resolved:
            observed.servers = words("resolvectl", ["dns", bridge.description])
            observed.domains = words("resolvectl", ["domain", bridge.description])
        case .openresolv:
            let text = output("resolvconf", ["-l", key(of: bridge)])
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ").map(String.init)
                if words.first == "nameserver" { observed.servers += words.dropFirst() }
                if words.first == "search" {
                    observed.domains += words.dropFirst().map { "~" + $0 }
                }
            }
        }
        return observed
    }

    /// Sets the route with resolvectl(1), which calls SetLinkDNS and SetLinkDomains of resolved
    /// over D-Bus, or with resolvconf(8).
    /// - Parameter route: `nil` removes the former route.
    static func route(
        _ bridge: BridgeName, from former: HostDNSRoute?, to route: HostDNSRoute?
    ) throws(Failure) {
        if let former, former.resolver != route?.resolver {
            switch former.resolver {
            case .resolved: try run("resolvectl", ["revert", bridge.description])
            case .openresolv: try run("resolvconf", ["-f", "-d", key(of: bridge)])
            }
        }
        guard let route else { return }
        switch route.resolver {
        case .resolved:
            for words in route.resolvectlCommands(for: bridge) {
                do throws(Failure) { try run("resolvectl", words) } catch {
                    try? run("resolvectl", ["revert", bridge.description])
                    throw error
                }
            }
        case .openresolv:
            // Private: the server is used for this domain only. Twice: names are not completed
            // with the domain.
            try run("resolvconf", ["-p", "-p", "-a", key(of: bridge)], input: route.resolvConf)
        }
    }

    private static func key(of bridge: BridgeName) -> String { "\(bridge).berth" }

    /// The words after `Link 7 (lxcbr0): `.
    private static func words(_ name: String, _ arguments: [String]) -> [String] {
        let text = output(name, arguments)
        guard let end = text.firstIndex(of: ")") else { return [] }
        return text[end...].split { $0 == " " || $0 == "\n" }.dropFirst().map(String.init)
    }

    private static func output(_ name: String, _ arguments: [String]) -> String {
        guard let program = ExternalProgram(named: name) else { return "" }
        return (try? run(program, arguments, atMost: resolverTimeLimit)) ?? ""
    }

    private static func run(
        _ name: String, _ arguments: [String], input: String = ""
    ) throws(Failure) {
        guard let program = ExternalProgram(named: name) else {
            throw Failure("\(name) is no longer installed: install it")
        }
        _ = try run(program, arguments, input: input, atMost: resolverTimeLimit)
    }
}
