internal import HostPaths
internal import Linux
internal import Netlink

/// Looks at the host, and changes nothing.
package struct Observer {
    package let facts: HostFacts
    package let capabilities: HostCapabilities
    private let addresses: [InterfaceAddress]
    private let rules: LiveRules
    /// Whether this is root, who sees rules and all about processes.
    private let isRoots: Bool

    /// - Parameter record: what was made before, if anything.
    /// - Parameter readsIptables: whether rules of iptables may be there that matter.
    package init(
        _ tools: borrowing HostTools, record: Record?, readsIptables: Bool, asRoot: Bool = true
    ) throws(Failure) {
        isRoots = asRoot
        let routes: [Route]
        let interfaces: [Interface]
        do throws(NetlinkError) {
            interfaces = try tools.socket.interfaces()
            routes = try tools.socket.routes()
            addresses = try tools.socket.addresses()
        } catch {
            throw Failure("\(error)")
        }
        let hasIPv6 =
            SmallFile.exists("/proc/sys/net/ipv6/conf/all")
            && ["all", "default"].allSatisfy {
                Self.kernel("/proc/sys/net/ipv6/conf/\($0)/disable_ipv6") != "1"
            }
        facts = HostFacts(
            interfaces: interfaces, routes: routes, hasIPv6: hasIPv6, seed: Self.seed(),
            nameServers: Self.nameServers(),
            previous: Dictionary(
                (record?.networks ?? []).map { ($0.wanted.bridge, $0.wanted) },
                uniquingKeysWith: { $1 }),
            fileExists: { SmallFile.exists($0) })

        rules =
            try asRoot
            ? LiveRules(
                tools, readsIptables: readsIptables,
                needed: Set((record?.networks ?? []).compactMap { $0.firewall?.dialect }))
            : LiveRules()

        var capabilities = HostCapabilities()
        capabilities.hasNft = rules.nft != nil
        capabilities.iptables = Set(rules.saved.keys)
        capabilities.hasDnsmasq = tools.dnsmasq != nil
        capabilities.dnsmasqAccount = tools.dnsmasq == nil ? "nobody" : DnsmasqProcess.account()
        capabilities.nameServers = facts.nameServers
        capabilities.hasIPv6 = hasIPv6
        capabilities.isStockUp =
            record?.replacesStock ?? false
            || (record?.networks.isEmpty ?? true) && SmallFile.exists(Paths.networkUp)
        let uplinks = routes.filter { $0.isDefault && $0.isAdvertised }.compactMap(\.interface)
        capabilities.advertisedUplinks = interfaces.filter { uplinks.contains($0.index) }
            .map(\.name.description)
            .filter { Self.kernel(KernelSettings.acceptsAdvertisements($0)) == "1" }
        self.capabilities = capabilities
    }

    package func network(
        _ bridge: BridgeName, wanted: DesiredNetwork?, record: Record.Entry?
    ) throws(Failure) -> ObservedNetwork {
        var seen = ObservedNetwork()
        seen.interface = facts.interface(named: bridge)
        if let index = seen.interface?.index {
            seen.ports = facts.ports(of: bridge)
            seen.addresses = addresses.filter { $0.interface == index && !$0.isLinkLocal }
                .map { BridgeAddress($0) }
        }
        do throws(Errno) {
            // One without its file can only be left from a start of ours that was cut short.
            seen.dnsmasq =
                try isRoots
                ? DnsmasqProcess.observe(bridge, searching: record != nil)
                : DnsmasqProcess.glimpse(bridge)
            seen.reservations = try SmallFile.contents(of: DnsmasqFiles.reservations(of: bridge))
                .map { String(decoding: $0, as: UTF8.self) }
        } catch {
            throw Failure("cannot look at the dnsmasq of \(bridge): \(error)")
        }
        var paths = KernelSettings.ofBridge(bridge)
        paths += [
            KernelSettings.promotes(bridge), KernelSettings.disabled6(bridge),
            KernelSettings.forwarding4,
            KernelSettings.forwarding6,
        ]
        paths += capabilities.advertisedUplinks.map { KernelSettings.acceptsAdvertisements($0) }
        for path in paths { seen.kernel[path] = Self.kernel(path) }
        rules.look(at: bridge, &seen)
        if record == nil || capabilities.isStockUp, let wanted { lookForStock(&seen, wanted) }
        if let wanted { look(at: wanted, &seen) }
        return seen
    }

    /// What lxc-net has left, if it is its bridge.
    private func lookForStock(_ seen: inout ObservedNetwork, _ wanted: DesiredNetwork) {
        let bridge = wanted.bridge
        for table in NftDialect.stockTables {
            guard let listing = rules.nft?[table] else { continue }
            // The tables are lxc-net's by name; this bridge's they are by what they say.
            let isNamed = listing.contains("\"\(bridge)\"")
            if isNamed || capabilities.isStockUp { seen.stockTables[table] = listing }
            seen.isStockBridge = seen.isStockBridge || isNamed
        }
        for (family, text) in rules.saved {
            var lines = IptablesDialect.stockLines(in: text, of: bridge)
            seen.isStockBridge = seen.isStockBridge || !lines.isEmpty
            if !lines.isEmpty || capabilities.isStockUp {
                let range =
                    family == .ipv4
                    ? wanted.ipv4.network.description : wanted.ipv6?.network.description
                if let range {
                    lines += IptablesDialect.stockTranslation(in: text, of: range)
                }
            }
            seen.stockLines[family] = lines
        }
        let file = "--pid-file=\(Paths.dnsmasqPID)"
        let isServed = seen.dnsmasq?.arguments.contains(file) ?? false
        seen.isStockBridge = capabilities.isStockUp && (seen.isStockBridge || isServed)
    }

    private func look(at wanted: DesiredNetwork, _ seen: inout ObservedNetwork) {
        if let file = wanted.dhcp.configurationFile {
            let bytes = (try? SmallFile.contents(of: file)) ?? nil
            seen.configurationDigest = SHA256.text(bytes ?? [])
        }
        let port = wanted.dns.port
        guard port != 0, capabilities.hasDnsmasq, !(seen.dnsmasq?.serves(port) ?? false),
            wanted.addresses.contains(where: { PortProbe.isTaken(port, at: $0.bytes) })
        else { return }
        seen.nameServerPortHolder = Sockets.holder(
            of: Sockets.listening(at: port, on: wanted.addresses.map(\.bytes)))
    }

    /// Whether another program's chain throws packets away; which one is a question of its own.
    package func suspectsForeignDrop(besides bridges: [BridgeName]) -> Bool {
        rules.nft?.hasForeignDrop(
            besides: Set(bridges.map { NftDialect.table(of: $0) } + NftDialect.stockTables))
            ?? false
    }

    static func kernel(_ path: String) -> String? {
        ((try? SmallFile.contents(of: path)) ?? nil).map {
            String(decoding: $0.filter { $0 != 0x0a }, as: UTF8.self)
        }
    }

    private static func nameServers() -> [IPv4Address] {
        let bytes = (try? SmallFile.contents(of: Paths.resolvConf)) ?? nil
        return String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
            .compactMap { line in
                let words = line.split { $0 == " " || $0 == "\t" }
                guard words.count >= 2, words[0] == "nameserver" else { return nil }
                return IPv4Address(String(words[1]))
            }
            .filter { $0.number >> 24 != 127 }
    }

    /// The machine's identity, or the random one of an earlier start, or a new one.
    private static func seed() -> [UInt8] {
        for file in [Paths.machineID, Paths.randomSeed] {
            if let bytes = (try? SmallFile.contents(of: file)) ?? nil, bytes.count >= 16 {
                return bytes
            }
        }
        let random = (try? randomBytes(16)) ?? []
        return Array(HardwareAddressText.text(random).utf8)
    }

    /// Keeps a random identity for the next time, where the machine has none of its own.
    package func keepSeed() throws(Failure) {
        guard !facts.seed.isEmpty,
            ((try? SmallFile.contents(of: Paths.machineID)) ?? nil).map({ $0.count < 16 }) ?? true,
            !SmallFile.exists(Paths.randomSeed)
        else { return }
        do throws(Errno) {
            try SmallFile.makeDirectory(Paths.lxcState)
            try SmallFile.replace(Paths.randomSeed, with: facts.seed, mode: 0o600)
        } catch {
            throw Failure("cannot write \(Paths.randomSeed): \(error)")
        }
    }
}

/// The host's firewall as its own tools tell it.
struct LiveRules {
    /// `nil` where nft(8) is not there, or the kernel does not know nftables.
    let nft: NftListing?
    private(set) var saved: [IptablesDialect.Family: String]

    /// None: for whoever is not shown them.
    init() {
        nft = nil
        saved = [:]
    }

    /// - Parameter needed: in which rules of ours are written. A list of them that failed must not be
    ///   taken for an empty one: they would be left behind.
    init(
        _ tools: borrowing HostTools, readsIptables: Bool,
        needed: Set<Record.AppliedFirewall.Dialect> = []
    ) throws(Failure) {
        // Without counters, which change by themselves, and without the members of sets, which may
        // be very many and are not ours.
        let listing = try Self.said(needed.contains(.nft), tools.nft, "nft") {
            program throws(Failure) in
            try HostTools.run(program, ["-s", "-t", "list", "ruleset"])
        }
        nft = listing.map { NftListing($0) }
        saved = [:]
        guard readsIptables || listing == nil else { return }
        for family in IptablesDialect.Family.allCases {
            let isNeeded = family == .ipv4 && needed.contains(.iptables)
            saved[family] = try Self.said(
                isNeeded, tools.iptables[family]?.save, "\(family.rawValue)-save"
            ) { program throws(Failure) in try HostTools.run(program, []) }
        }
    }

    private static func said(
        _ isNeeded: Bool, _ program: ExternalProgram?, _ name: String,
        _ ask: (ExternalProgram) throws(Failure) -> String
    ) throws(Failure) -> String? {
        guard let program else {
            guard !isNeeded else {
                throw Failure("there are rules made with \(name), which is not installed any more")
            }
            return nil
        }
        do { return try ask(program) } catch {
            guard !isNeeded else { throw error }
            return nil
        }
    }

    func look(at bridge: BridgeName, _ seen: inout ObservedNetwork) {
        seen.nftTable = nft?[NftDialect.table(of: bridge)]
        for (family, text) in saved {
            seen.iptables[family] = IptablesDialect.lines(in: text, of: bridge)
        }
    }
}
