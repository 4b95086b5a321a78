internal import Linux

/// Decides from the settings and the facts what a network shall be. A pure function of the two: it
/// names everything that is wrong, and nothing is changed before nothing is.
package struct Validation {
    let settings: Settings
    let facts: HostFacts
    /// Whether it is the network of /etc/default/lxc-net.
    let isFirst: Bool
    package private(set) var problems: [SettingsError] = []
    /// What goes on without, and why.
    package private(set) var warnings: [String] = []

    package init(_ settings: Settings, _ facts: HostFacts, isFirst: Bool) {
        self.settings = settings
        self.facts = facts
        self.isFirst = isFirst
        warnings = settings.doubts.map(\.description)
    }

    /// - Returns: `nil` if there are problems, or the network is switched off.
    package mutating func network() -> DesiredNetwork? {
        guard truth(.useBridge) else { return nil }
        let bridge = bridgeName()
        let ipv4 = ipv4(bridge)
        let ipv6 = ipv6(bridge)
        let mtu = mtu(ipv6: ipv6 != nil)
        guard let bridge, let ipv4 else {
            // What depends on neither is worth hearing about in the same breath.
            _ = (hardwareAddress(), dns())
            return nil
        }
        let network = DesiredNetwork(
            bridge: bridge, hardwareAddress: hardwareAddress(), mtu: mtu, ipv4: ipv4, ipv6: ipv6,
            dhcp: dhcp(ipv4), dns: dns(), advertisesRouter: truth(.ipv6RouterAdvertisements),
            isolates: truth(.isolate), forwards: forwards(ipv4, ipv6),
            firewall: .init(
                prefersNft: truth(.useNft), mendsForeign: truth(.firewallForeign)))
        return problems.isEmpty ? network : nil
    }

    mutating func refuse(_ setting: Setting, _ sentence: String) {
        problems.append(
            SettingsError(
                settings[setting].place ?? Place(file: settings.file, line: 1), setting.rawValue,
                sentence))
    }

    mutating func warn(_ sentence: String) { warnings.append(sentence) }

    mutating func truth(_ setting: Setting) -> Bool {
        // lxc-net asks of these whether they are "true", and what is set to nothing is not.
        let isEmptied =
            [.useBridge, .useNft, .ipv6Enable, .ipv6NAT].contains(setting)
            && settings.isSet(setting) && settings.given(setting) == nil
        let value = isEmptied ? "false" : settings.given(setting)?.value ?? setting.standard
        switch value {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            refuse(setting, "\"\(shown(value))\" is neither true nor false")
            return false
        }
    }

    func shown(_ value: String) -> String { printable(value.utf8, limit: 60) }

    private mutating func bridgeName() -> BridgeName? {
        let value = settings.given(.bridge)?.value ?? Setting.bridge.standard
        if !isFirst, settings.given(.bridge) == nil {
            refuse(.bridge, "a further network needs a bridge of its own: set it")
            return nil
        }
        guard let name = BridgeName(value) else {
            refuse(
                .bridge,
                "\"\(shown(value))\" cannot be a bridge's name: it needs 1 to 15 letters, digits, "
                    + "_, . or -, and a letter first")
            return nil
        }
        if ["all", "default"].contains(value) {
            refuse(
                .bridge,
                "to the kernel's settings \(name) means every interface: choose another name")
        }
        if let interface = facts.interface(named: name), interface.kind != .bridge {
            refuse(.bridge, "\(name) is an interface of this host already, and not a bridge")
        }
        return name
    }

    private mutating func hardwareAddress() -> String? {
        guard let given = settings.given(.bridgeMAC)?.value else { return nil }
        guard let address = HardwareAddressText(given) else {
            refuse(
                .bridgeMAC,
                "\"\(shown(given))\" is not a hardware address such as 10:66:6a:00:00:00")
            return nil
        }
        if !address.isUnicast {
            refuse(
                .bridgeMAC,
                "\(given) is no single station's address: clear the lowest bit of its "
                    + "first byte")
        }
        return HardwareAddressText.text(address.bytes)
    }

    private mutating func mtu(ipv6: Bool) -> UInt32 {
        guard let given = settings.given(.bridgeMTU)?.value else {
            return min(max(facts.outsideMTU, ipv6 ? 1280 : 68), 65535)
        }
        guard let mtu = decimal(Array(given.utf8)[...], upTo: 65535), mtu >= 68 else {
            refuse(.bridgeMTU, "\"\(shown(given))\" is not a number of bytes from 68 to 65535")
            return 1500
        }
        if ipv6, mtu < 1280 {
            refuse(
                .bridgeMTU,
                "IPv6 needs 1280 bytes and not \(mtu): raise it, or set LXC_IPV6_ENABLE=\"false\"")
        }
        return UInt32(mtu)
    }

    private mutating func dns() -> DesiredNetwork.DNS {
        let port = settings.given(.dnsPort)?.value ?? Setting.dnsPort.standard
        let number = decimal(Array(port.utf8)[...], upTo: 65535)
        if number == nil {
            refuse(.dnsPort, "\"\(shown(port))\" is not a port from 1 to 65535, or 0 for no DNS")
        }
        let domain = settings.given(.domain)?.value
        if let domain, !HostName.isDomain(domain) {
            refuse(.domain, "\"\(shown(domain))\" is not a domain's name")
        }
        return .init(port: UInt16(number ?? 53), domain: domain)
    }

    private mutating func forwards(
        _ ipv4: DesiredNetwork.Subnet<IPv4Address>, _ ipv6: DesiredNetwork.Subnet<IPv6Address>?
    ) -> [Forward] {
        var forwards: [Forward] = []
        for text in words(.forwards) {
            do throws(Forward.Fault) {
                let forward = try Forward(text)
                try check(forward, ipv4, ipv6)
                if let other = forwards.first(where: { $0.collides(with: forward) }) {
                    throw Forward.Fault(sentence: "and \(other) are about the same port")
                }
                forwards.append(forward)
            } catch {
                refuse(.forwards, "\"\(shown(text))\" \(error.sentence)")
            }
        }
        return forwards
    }

    private func check(
        _ forward: Forward, _ ipv4: DesiredNetwork.Subnet<IPv4Address>,
        _ ipv6: DesiredNetwork.Subnet<IPv6Address>?
    ) throws(Forward.Fault) {
        switch forward.target {
        case .ipv4(let target):
            guard ipv4.network.hosts?.contains(target) ?? false, target != ipv4.address else {
                throw Forward.Fault(
                    sentence: "leads to what is no container's address in \(ipv4.network)")
            }
        case .ipv6(let target):
            guard let ipv6 else {
                throw Forward.Fault(
                    sentence: "leads to an IPv6 address, and this network has no IPv6")
            }
            guard ipv6.network.contains(target), target != ipv6.address else {
                throw Forward.Fault(
                    sentence: "leads to what is no container's address in \(ipv6.network)")
            }
        }
    }

    /// The parts of a list: blanks and ends of lines are between them.
    func words(_ setting: Setting) -> [String] {
        (settings.given(setting)?.value ?? "").split { $0 == " " || $0.isNewline || $0 == "\t" }
            .map(String.init)
    }
}
