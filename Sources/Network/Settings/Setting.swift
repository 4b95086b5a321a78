/// The settings of a network, by the names that lxc-net's users know, and ours behind them.
package enum Setting: String, CaseIterable, Sendable {
    case useBridge = "USE_LXC_BRIDGE"
    case bridge = "LXC_BRIDGE"
    case bridgeMAC = "LXC_BRIDGE_MAC"
    case address = "LXC_ADDR"
    case netmask = "LXC_NETMASK"
    case network = "LXC_NETWORK"
    case dhcpRange = "LXC_DHCP_RANGE"
    case dhcpMaximum = "LXC_DHCP_MAX"
    case dhcpConfigurationFile = "LXC_DHCP_CONFILE"
    case dhcpPing = "LXC_DHCP_PING"
    case domain = "LXC_DOMAIN"
    case useNft = "LXC_USE_NFT"
    case ipv6Enable = "LXC_IPV6_ENABLE"
    case ipv6Prefix = "LXC_IPV6_PREFIX"
    case ipv6Address = "LXC_IPV6_ADDR"
    case ipv6Mask = "LXC_IPV6_MASK"
    case ipv6Network = "LXC_IPV6_NETWORK"
    case ipv6NAT = "LXC_IPV6_NAT"

    case bridgeMTU = "LXC_BRIDGE_MTU"
    case dhcpHosts = "LXC_DHCP_HOSTS"
    case dnsPort = "LXC_DNS_PORT"
    case firewallForeign = "LXC_FIREWALL_FOREIGN"
    case forwards = "LXC_FORWARDS"
    case ipv6RouterAdvertisements = "LXC_IPV6_RA"
    case isolate = "LXC_ISOLATE"
    case nat = "LXC_NAT"

    /// What holds where no file says otherwise. Nothing where the value follows from others or from the
    /// host: see berth-net.conf(5).
    package var standard: String {
        switch self {
        case .useBridge, .dhcpPing, .useNft, .ipv6Enable, .ipv6NAT, .ipv6RouterAdvertisements, .nat:
            "true"
        case .firewallForeign, .isolate: "false"
        case .bridge: "lxcbr0"
        case .bridgeMAC: "10:66:6a:00:00:00"
        case .dnsPort: "53"
        case .address, .netmask, .network, .dhcpRange, .dhcpMaximum, .dhcpConfigurationFile,
            .domain,
            .ipv6Prefix, .ipv6Address, .ipv6Mask, .ipv6Network, .bridgeMTU, .dhcpHosts, .forwards:
            ""
        }
    }
}

/// Where somebody set something.
package struct Place: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// From 1.
    package let line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }
}

/// What is wrong with the settings, where, and how to mend it.
package struct SettingsError: Error, Hashable, CustomStringConvertible {
    package let place: Place?
    /// The name of the variable it is about, if it is about one.
    package let variable: String?
    package let sentence: String

    package init(_ place: Place?, _ variable: String?, _ sentence: String) {
        self.place = place
        self.variable = variable
        self.sentence = sentence
    }

    package var description: String {
        [place?.description, variable, sentence].compactMap { $0 }.joined(separator: ": ")
    }
}

/// The settings of one network, each with the place where it was set.
package struct Settings: Sendable {
    /// The file whose network this is.
    package let file: String
    private var values: [Setting: Assignment] = [:]
    /// What could be a slip of the pen and is not for this program to judge.
    package private(set) var doubts: [SettingsError] = []

    package struct Assignment: Sendable {
        package let value: String
        package let place: Place?
    }

    package init(file: String) { self.file = file }

    /// What the setting is: as set, or as it is by itself.
    package subscript(_ setting: Setting) -> Assignment {
        values[setting] ?? Assignment(value: setting.standard, place: nil)
    }

    /// What somebody set it to, unless to nothing.
    package func given(_ setting: Setting) -> Assignment? {
        values[setting].flatMap { $0.value.isEmpty ? nil : $0 }
    }

    /// Whether the range of its network is chosen for it.
    package var isAutomatic: Bool { self[.network].value == "auto" }

    /// What was set at all, if only to nothing.
    package func isSet(_ setting: Setting) -> Bool { values[setting] != nil }

    package mutating func assign(_ name: String, _ value: String, at place: Place) {
        if let setting = Setting(rawValue: name) {
            values[setting] = Assignment(value: value, place: place)
        } else if name.hasPrefix("LXC_"), !Self.foreign.contains(name) {
            doubts.append(
                SettingsError(
                    place, name, "no setting of berth-net has this name: correct it or remove it"))
        }
    }

    /// Settings of LXC's other programs, which share these files.
    private static let foreign: Set = [
        "LXC_AUTO", "LXC_SHUTDOWN_TIMEOUT", "LXC_DIRECTORY", "LXC_CONTAINERS",
    ]
}
