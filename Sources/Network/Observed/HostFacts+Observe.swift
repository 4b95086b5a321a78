internal import HostPaths
internal import Identity
internal import Linux
internal import Netlink
internal import Usernet

extension HostFacts {
    /// - Parameter record: what berth-net created before, if anything.
    /// - Parameter withTraffic: whether to include the counters of the interfaces.
    /// - Parameter withRemoteAddresses: whether to include the addresses behind VXLAN ports.
    static func observe(
        _ tools: borrowing HostTools, _ record: Record?, withTraffic: Bool = false,
        withRemoteAddresses: Bool = false
    ) throws(Failure) -> HostFacts {
        var facts = HostFacts()
        do throws(NetlinkError) {
            facts.interfaces = try tools.socket.interfaces(withTraffic: withTraffic)
            facts.routes = try tools.socket.routes()
            facts.addresses = try tools.socket.addresses()
            facts.ledger = Ledger(((try? SmallFile.contents(of: Paths.ledger)) ?? nil) ?? []).rows
            if facts.mayHaveLockedPorts {
                facts.forwardingEntries = try tools.socket.forwardingEntries()
            }
            for port in facts.interfaces where port.isOwnTunnel {
                let entries = try tools.socket.vxlanEntries(at: port.index)
                facts.tunnelPeers[port.index.number] = entries.filter(\.isFlooded).compactMap {
                    UnderlayAddress(bytes: $0.destination)
                }
                guard withRemoteAddresses else { continue }
                facts.tunnelEntries[port.index.number] = entries.filter { !$0.isFlooded }
            }
        } catch {
            throw Failure("\(error)")
        }
        // Before Linux 5.14, only sysfs has this information.
        if !facts.interfaces.contains(where: \.hasDevice) {
            for position in facts.interfaces.indices {
                facts.interfaces[position].hasDevice = SmallFile.exists(
                    "/sys/class/net/\(facts.interfaces[position])/device")
            }
        }
        facts.hasIPv6 =
            SmallFile.exists("/proc/sys/net/ipv6/conf/all")
            && ["all", "default"].allSatisfy {
                kernelSetting("/proc/sys/net/ipv6/conf/\($0)/disable_ipv6") != "1"
            }
        facts.seed = readSeed()
        facts.nameServers = readNameServers()
        facts.previous = Dictionary(
            (record?.networks ?? []).map { ($0.desired.bridge, $0.desired) },
            uniquingKeysWith: { $1 })
        facts.note((record?.networks ?? []).map(\.desired))
        facts.isWireless = { name in
            ["phy80211", "wireless"].contains { SmallFile.exists("/sys/class/net/\(name)/\($0)") }
        }
        facts.managers = { LinkManager.ofInterface($0) }
        facts.filtersFrames = ["ip": "iptables", "ip6": "ip6tables"].mapValues {
            kernelSetting("/proc/sys/net/bridge/bridge-nf-call-\($0)") == "1"
        }
        facts.ownBridges = record?.matching(facts).ownBridges ?? []
        facts.isLXCNetUp =
            record?.replacesStock ?? false
            || (record?.networks.isEmpty ?? true) && SmallFile.exists(Paths.networkUp)
        facts.observeFilterNeeds()
        facts.fileExists = { SmallFile.exists($0) }
        facts.dnsmasqFile = { DnsmasqFile($0, from: .host) }
        facts.hasAccount = { name, isGroup in
            let name = Array(name.utf8)
            return isGroup
                ? ((try? Accounts.group(named: name)) ?? nil) != nil
                : ((try? Accounts.user(named: name)) ?? nil) != nil
        }
        facts.observeIdentity()
        facts.hostNames = HostNames(
            hosts: String(
                decoding: ((try? SmallFile.contents(of: Paths.hosts)) ?? nil) ?? [], as: UTF8.self),
            hostName: kernelSetting(Paths.hostName) ?? "")
        return facts
    }

    /// Whether a NIC of the ledger is locked, or its grant says that it is to be.
    private var mayHaveLockedPorts: Bool {
        !ledger.isEmpty
            && interfaces.contains {
                $0.isLocked || PortGrant(group: $0.group)?.locksAddress ?? false
            }
    }

    /// Reads which lines of lxc-usernet grant `ipfilter`. A file that berth-nic would not trust
    /// grants nothing.
    private mutating func observeFilterNeeds() {
        let file = try? TrustedFile.open(Paths.usernetName, in: Paths.lxcConfiguration)
        let bytes: [UInt8]
        switch consume file {
        case .some(let file): bytes = (try? file.contents()) ?? []
        case .none: bytes = []
        }
        let entries = UsernetFile(bytes).entries
        filterLines = entries.filter(\.options.filtersIPAddresses).map {
            FilterLine(number: $0.line, bridge: $0.bridge.description)
        }
        grantsFilter = { user, bridge in
            let lines = entries.filter { $0.bridge == .named(bridge.interface) }
            let own = lines.filter { $0.grantee == .owner(.user(user)) }
            return own.isEmpty
                ? lines.allSatisfy(\.options.filtersIPAddresses)
                : own.contains(where: \.options.filtersIPAddresses)
        }
        let masters = Set(
            interfaces.filter { $0.filteredAddress != nil }.compactMap { $0.master?.number })
        bridgesOfFilteredNICs = Set(
            interfaces.filter { masters.contains($0.index.number) }.compactMap {
                BridgeName($0.description)
            })
    }

    private static func readNameServers() -> [IPv4Address] {
        let bytes = (try? SmallFile.contents(of: Paths.resolvConf)) ?? nil
        return String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
            .compactMap { line in
                let words = line.split { $0 == " " || $0 == "\t" }
                guard words.count >= 2, words[0] == "nameserver" else { return nil }
                return IPv4Address(String(words[1]))
            }
            .filter { $0.number >> 24 != 127 }
    }

    /// The random seed of an earlier start, or the machine ID, or a new seed. A host that gets a
    /// machine ID later, such as with D-Bus, keeps the seed, and with it its IPv6 range.
    private static func readSeed() -> [UInt8] {
        for file in [Paths.randomSeed, Paths.machineID] {
            if let bytes = (try? SmallFile.contents(of: file)) ?? nil, bytes.count >= 16 {
                return bytes
            }
        }
        let random = (try? randomBytes(16)) ?? []
        return Array(hexadecimal(random, separator: ":").utf8)
    }
}
