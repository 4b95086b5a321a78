internal import HostPaths
internal import Linux

/// Observes networks and the host's firewall, and changes nothing.
package struct Observer {
    package let facts: HostFacts
    package let capabilities: HostCapabilities
    let rules: LiveRules
    /// Whether the caller is root: only root can list firewall rules and other users' sockets.
    private let isRoot: Bool

    /// - Parameter record: what berth-net created before, if anything.
    init(
        _ tools: borrowing HostTools, _ facts: HostFacts, record: Record?,
        networks: [DesiredNetwork], asRoot: Bool = true
    ) throws(Failure) {
        self.facts = facts
        isRoot = asRoot
        let made = record?.networks ?? []
        var dialects = Set(made.compactMap { $0.firewall?.dialect })
        if made.contains(where: { $0.desired.tunnel != nil }) { dialects.insert(.nft) }
        // Listing the rules of iptables runs two programs. Do it only where such rules can exist.
        let readsIptables =
            facts.isLXCNetUp || dialects.contains(.iptables)
            || (networks + made.map(\.desired)).contains { !$0.firewall.prefersNft }
        rules =
            try asRoot
            ? LiveRules(tools, readsIptables: readsIptables, needed: dialects) : LiveRules()

        var capabilities = HostCapabilities()
        capabilities.hasNft = rules.nft != nil
        capabilities.iptables = Set(rules.saved.keys)
        capabilities.ruleTools = RuleTools(tools)
        capabilities.hasDnsmasq = tools.dnsmasq != nil
        capabilities.dnsmasqAccount = tools.dnsmasq == nil ? "nobody" : DnsmasqProcess.account()
        capabilities.dnsmasqFeatures = tools.dnsmasqFeatures()
        capabilities.nameServers = facts.nameServers
        capabilities.hostNames = facts.hostNames
        capabilities.hostResolver = .observe()
        capabilities.hasIPv6 = facts.hasIPv6
        self.capabilities = capabilities
    }

    func observe(
        _ desired: DesiredNetwork, record: Record.Entry?
    ) throws(Failure) -> ObservedNetwork {
        let bridge = desired.bridge
        var observed = ObservedNetwork()
        observed.interface = facts.interface(named: bridge)
        observed.ports = facts.ports(of: bridge)
        observed.tunnels = facts.tunnels(
            of: bridge, [desired.tunnel, record?.desired.tunnel].compactMap { $0?.number })
        observed.uplinks = facts.observedUplinks(desired, record)
        observed.nics = facts.containerNICs(of: bridge)
        observed.addresses =
            observed.interface.map { facts.globalAddresses(of: $0.index) }?
            .map { BridgeAddress($0) } ?? []
        var listening: [[UInt8]] = []
        do throws(Errno) {
            // Search all processes only if dnsmasq may run without a PID file: after an interrupted
            // start, which leaves a record, or if the file was removed while the bridge existed.
            observed.dnsmasq =
                try isRoot
                ? DnsmasqProcess.observe(
                    bridge, searching: record != nil || observed.interface != nil)
                : DnsmasqProcess.observeUnprivileged(bridge)
            observed.reservations = try Self.text(of: DnsmasqPaths.reservations(of: bridge))
            observed.hostNames = try Self.text(of: DnsmasqPaths.hostNames(of: bridge))
        } catch {
            throw Failure("cannot observe the dnsmasq of \(bridge): \(error)")
        }
        let settings =
            Sysctls.ofBridge(bridge) + [
                .kernel(Sysctls.promoteSecondaries(bridge)), .kernel(Sysctls.disabled6(bridge)),
                .kernel(Sysctls.ignoresARP(bridge)),
            ]
        for case .kernel(let path) in settings {
            observed.kernel[path] = kernelSetting(path)
            observed.initialKernel[path] = kernelSetting(Sysctls.initial(path, of: bridge))
        }
        rules.observe(bridge, into: &observed)
        observed.isServedByLXCNet =
            record != nil && observed.dnsmasq?.arguments.contains("--listen-address") ?? false
        if record == nil || facts.isLXCNetUp { observeLXCNet(desired, into: &observed) }
        if let file = desired.dhcp.configurationFile {
            let options = facts.dnsmasqFile(file)
            observed.configurationDigest = options?.digest
            observed.bindsInterfaces = options?.bindsInterfaces ?? false
            observed.omitsHostNames = options?.omitsHostNames ?? false
            listening = options?.listenAddresses ?? []
        }
        if let local = desired.peerDNS(port: desired.dns.port)?.local {
            listening.append(local.bytes)
        }
        let resolver = record?.hostDNS?.resolver ?? capabilities.hostResolver.resolver
        // systemd-resolved forgets a bridge that is gone; openresolv does not.
        if isRoot, let resolver, observed.interface != nil || resolver == .openresolv,
            record?.hostDNS != nil || desired.dns.isRoutedByHost
        {
            observed.hostDNS = HostTools.hostDNS(resolver, of: bridge)
        }
        observed.nameServerPortHolder = portHolder(desired, observed, listening)
        return observed
    }

    static func text(of path: String) throws(Errno) -> String? {
        try SmallFile.contents(of: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Observes lxc-net's rules for the bridge, and whether lxc-net created the bridge.
    private func observeLXCNet(_ desired: DesiredNetwork, into observed: inout ObservedNetwork) {
        let bridge = desired.bridge
        for table in NftDialect.lxcNetTables {
            guard let listing = rules.nft?[table] else { continue }
            // lxc-net's tables have the same names for every bridge; only their rules name the
            // bridge.
            let isNamed = listing.contains("\"\(bridge)\"")
            if isNamed || facts.isLXCNetUp { observed.lxcNetTables[table] = listing }
            observed.isLXCNetBridge = observed.isLXCNetBridge || isNamed
        }
        for (family, text) in rules.saved {
            var lines = IptablesDialect.lxcNetLines(in: text, of: bridge)
            observed.isLXCNetBridge = observed.isLXCNetBridge || !lines.isEmpty
            if !lines.isEmpty || facts.isLXCNetUp {
                let range =
                    family == .ipv4
                    ? desired.ipv4?.network.description : desired.ipv6?.network.description
                if let range {
                    lines += IptablesDialect.lxcNetTranslation(in: text, of: range)
                }
            }
            observed.lxcNetLines[family] = lines
        }
        let file = "--pid-file=\(Paths.dnsmasqPID)"
        let isServed = observed.dnsmasq?.arguments.contains(file) ?? false
        observed.isLXCNetBridge = facts.isLXCNetUp && (observed.isLXCNetBridge || isServed)
    }

    /// The program, other than the network's dnsmasq, that holds the port of the network's name
    /// server (bind(2) fails with EADDRINUSE).
    /// - Parameter others: further addresses on which dnsmasq serves DNS.
    private func portHolder(
        _ desired: DesiredNetwork, _ observed: ObservedNetwork, _ others: [[UInt8]]
    ) -> String? {
        let port = desired.dns.port
        guard port != 0, capabilities.hasDnsmasq, !(observed.dnsmasq?.serves(port) ?? false)
        else { return nil }
        let addresses = desired.addresses.map(\.bytes) + others
        if isRoot, !addresses.contains(where: { PortProbe.isTaken(port, at: $0) }) { return nil }
        let sockets = Sockets.listening().conflicting(at: port, on: addresses)
        // Only root can see the processes that hold sockets, and probe low ports. For other users,
        // assume that the network's dnsmasq, if it runs, holds the port.
        if !isRoot, sockets.isEmpty || observed.dnsmasq != nil { return nil }
        // The process of dnsmasq may also be hidden (the mount option hidepid of proc).
        if !isRoot, ProcessID(1).commandLine == nil { return nil }
        return Sockets.holder(of: sockets)
    }
}
