internal import Linux
internal import Netlink

/// Computes a network's desired state from its settings and the facts of the host.
///
/// It reports all errors at once, and nothing is changed while there are any.
package struct Validation {
    let settings: Settings
    let facts: HostFacts
    /// Whether it is the network of /etc/default/lxc-net.
    let isFirst: Bool
    package internal(set) var problems: [SettingsError] = []
    package private(set) var warnings: [String] = []

    package init(_ settings: Settings, _ facts: HostFacts, isFirst: Bool) {
        self.settings = settings
        self.facts = facts
        self.isFirst = isFirst
        warnings = settings.unknown.map(\.description)
    }

    /// - Returns: `nil` if there are problems, or the network is switched off.
    package mutating func network() -> DesiredNetwork? {
        guard boolean(.useBridge) else { return nil }
        let bridge = bridgeName()
        let uplink = uplink(of: bridge)
        let ipv4 = hasIPv4 ? ipv4(bridge) : nil
        let ipv6 = ipv6(bridge)
        let tunnel = tunnel(of: bridge)
        let mtu = mtu(ipv6: ipv6 != nil, in: tunnel, uplink)
        guard let bridge, ipv4 != nil || !hasIPv4 else {
            // Report errors of these settings, too: they depend on neither the bridge nor the
            // range.
            _ = (hardwareAddress(), dns(tunnel))
            return nil
        }
        let dhcp = if let ipv4 { self.dhcp(ipv4, of: bridge) } else { DesiredNetwork.DHCP.none }
        var network = DesiredNetwork(
            bridge: bridge, hardwareAddress: hardwareAddress(), mtu: mtu, ipv4: ipv4, ipv6: ipv6,
            dhcp: dhcp, dns: dns(tunnel), advertisesRouter: advertisesRouter(),
            isolates: boolean(.isolate), forwards: forwards(ipv4, ipv6, dhcp),
            firewall: .init(
                prefersNft: boolean(.useNft), fixesForeign: boolean(.firewallForeign)),
            uplink: uplink,
            filtersSources: boolean(.reversePathFilter), isVLANAware: boolean(.vlanAware),
            filtersAddresses: facts.filteredBridges.contains(bridge) && !dhcp.isDisabled)
        if uplink != nil, network.hardwareAddress == nil {
            network.hardwareAddress = hardwareAddress(inLAN: bridge)
        }
        network.routing = routing(of: network)
        network.tunnel = tunnel
        if tunnel != nil, network.hardwareAddress == nil {
            // The gateway is the same on all hosts.
            network.hardwareAddress = DesiredNetwork.standardHardwareAddress
        }
        checkTunnel(of: network)
        return problems.isEmpty ? network : nil
    }

    mutating func refuse(_ setting: Setting, _ sentence: String) {
        let error = settings.error(setting, sentence)
        if !problems.contains(error) { problems.append(error) }
    }

    mutating func warn(_ setting: Setting, _ sentence: String) {
        warn(settings.error(setting, sentence).description)
    }

    mutating func warn(_ sentence: String) { warnings.append(sentence) }

    mutating func boolean(_ setting: Setting) -> Bool {
        // lxc-net compares these with "true", so an empty value is false.
        if settings.isEmptied(setting),
            [.useBridge, .useNft, .ipv6Enable, .ipv6NAT].contains(setting)
        {
            return false
        }
        let value = settings.given(setting) ?? defaultValue(setting)
        if !["true", "yes", "false", "no"].contains(value) {
            refuse(setting, "\(quoted(value)) is not a boolean: set it to true or false")
        }
        return ["true", "yes"].contains(value)
    }

    /// If not set, the same as DHCP: a network without DHCP is configured by hand.
    mutating func advertisesRouter() -> Bool {
        boolean(
            settings.given(.ipv6RouterAdvertisements) == nil && !isInLAN
                ? .dhcp : .ipv6RouterAdvertisements)
    }

    func quoted(_ value: String) -> String { "\"\(printable(value.utf8, limit: 60))\"" }

    /// The value of a setting; `nil` if it is not set.
    /// - Parameter form: what the value must be, with an example.
    func parsed<Value>(
        _ setting: Setting, as form: String, _ parse: (String) -> Value?
    ) throws(SettingsError) -> Value? {
        guard let given = settings.given(setting) else { return nil }
        if let value = parse(given) { return value }
        throw settings.error(setting, "\(quoted(given)) is not \(form)")
    }

    /// The value of a setting; `nil` if it is not set, or invalid.
    mutating func value<Value>(
        _ setting: Setting, as form: String, _ parse: (String) -> Value?
    ) -> Value? {
        do throws(SettingsError) { return try parsed(setting, as: form, parse) } catch {
            problems.append(error)
            return nil
        }
    }

    /// The entries of a list, which are separated by blanks or newlines.
    mutating func entries<Entry: ListEntry>(
        _ setting: Setting, parse: (String) throws(InvalidEntry) -> Entry
    ) -> [Entry] {
        var entries: [Entry] = []
        var texts: [String] = []
        var claims: [Entry.Claim: Int] = [:]
        for text in words(of: settings.given(setting) ?? "") {
            do throws(InvalidEntry) {
                let entry = try parse(text)
                let other =
                    entry.claims.compactMap { claims[$0] }.min()
                    ?? entries.firstIndex { $0.collides(with: entry) }
                if let other {
                    throw InvalidEntry("conflicts with \"\(texts[other])\": remove one of them")
                }
                for claim in entry.claims { claims[claim] = entries.count }
                entries.append(entry)
                texts.append(text)
            } catch {
                refuse(setting, "\(quoted(text)) \(error.predicate)")
            }
        }
        return entries
    }

    /// Only ASCII blanks separate words, as in the shell.
    private func words(of text: String) -> [String] {
        text.utf8.split { $0 == 0x20 || (0x09...0x0d).contains($0) }.map { String(Substring($0)) }
    }

    private mutating func bridgeName() -> BridgeName? {
        if !isFirst, settings.given(.bridge) == nil {
            refuse(.bridge, "every additional network needs its own bridge: set a name")
            return nil
        }
        let value = settings.given(.bridge) ?? Setting.bridge.defaultValue
        guard let name = BridgeName(value) else {
            refuse(
                .bridge,
                "\(quoted(value)) is not a bridge name: use a letter followed by up to 14 letters, "
                    + "digits, _, . or -")
            return nil
        }
        if ["all", "default"].contains(value) {
            refuse(
                .bridge,
                "\(quoted(value)) is reserved in the kernel's network settings: choose another name"
            )
        }
        if let interface = facts.interface(named: name), interface.kind != .bridge {
            refuse(
                .bridge,
                "\(name) is an interface of this host that is not a bridge: choose another name")
        }
        if let connection = facts.hostConnection(of: name, besides: settings.given(.uplink)) {
            if facts.ownBridges.contains(name) {
                warn(
                    "the DHCP server on \(name) may answer hosts of another network, because "
                        + "\(connection.sentence): remove that port or route, or choose "
                        + "another LXC_BRIDGE")
            } else {
                refuse(
                    .bridge,
                    "\(name) connects this host to another network, because "
                        + "\(connection.sentence): choose another name; or, to attach containers "
                        + "to \(name) itself, set USE_LXC_BRIDGE=\"false\" and name \(name) in "
                        + "/etc/lxc/lxc-usernet")
            }
        }
        return name
    }

    private mutating func hardwareAddress() -> String? {
        let form = "a unicast hardware address such as 10:66:6a:00:00:00"
        return value(.bridgeMAC, as: form) {
            MACAddress(text: $0.utf8).flatMap { $0.isUnicast ? $0.description : nil }
        }
    }

    /// - Parameter ipv6: whether containers get IPv6, which needs 1280 bytes (RFC 8200).
    private mutating func mtu(ipv6: Bool, in tunnel: Tunnel?, _ uplink: Uplink?) -> UInt32 {
        let lowest = ipv6 ? 1280 : 68
        if let uplink, let mtu = mtu(in: uplink, lowest: lowest) { return mtu }
        let largest = tunnel.map { largestMTU(in: $0) }
        guard
            let mtu = value(
                .bridgeMTU, as: "an MTU in bytes from 68 to 65535",
                { Int(decimal: $0, in: 68...65535) })
        else {
            if let tunnel, let largest, largest < UInt32(lowest) {
                refuse(
                    .vxlanLocal,
                    "the MTU of \(tunnel.underlay) leaves \(largest) bytes to containers, which "
                        + "need \(lowest): increase it"
                        + (ipv6 ? ", or set LXC_IPV6_ENABLE=\"false\"" : ""))
            }
            return min(max(largest ?? facts.defaultRouteMTU, UInt32(lowest)), 65535)
        }
        if let tunnel, let largest, UInt32(mtu) > largest {
            refuse(
                .bridgeMTU,
                "\(mtu) is more than VXLAN over \(tunnel.underlay) can carry, so large packets "
                    + "would be lost: set at most \(largest), or remove this setting")
        }
        if mtu < lowest {
            refuse(
                .bridgeMTU,
                "IPv6 needs an MTU of at least 1280, but this is \(mtu): increase it, or set "
                    + "LXC_IPV6_ENABLE=\"false\"")
        }
        return UInt32(mtu)
    }

    /// The domain of managed names, if the settings name none.
    private static let managedDomain = "lxc"

    private mutating func dns(_ tunnel: Tunnel?) -> DesiredNetwork.DNS {
        let port = value(.dnsPort, as: "a port from 1 to 65535, or 0 for no DNS") {
            Int(decimal: $0, in: 0...65535)
        }
        let domain = value(.domain, as: "a domain name such as lxc") {
            HostName.isDomain($0) ? $0 : nil
        }
        let managesNames = value(.dnsNames, as: "managed or client") {
            ["managed": true, "client": false][$0]
        }
        let isManaged = managesNames ?? true
        let isRouted = value(.hostDNS, as: "auto or false") { ["auto": true, "false": false][$0] }
        var dns = DesiredNetwork.DNS(
            port: UInt16(port ?? (isInLAN && !boolean(.dhcp) ? 0 : 53)),
            domain: domain ?? (isManaged ? Self.managedDomain : nil),
            managesNames: isManaged, isRoutedByHost: isRouted ?? true)
        dns.peers = dnsPeers(of: dns, tunnel)
        return dns
    }
}
