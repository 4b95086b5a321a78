/// The variables that configure a network: those of lxc-net, then those that only berth-net has.
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
    case dhcp = "LXC_DHCP"
    case dhcpHosts = "LXC_DHCP_HOSTS"
    case dnsNames = "LXC_DNS_NAMES"
    case dnsPeers = "LXC_DNS_PEERS"
    case dnsPort = "LXC_DNS_PORT"
    case firewallForeign = "LXC_FIREWALL_FOREIGN"
    case forwards = "LXC_FORWARDS"
    case hostDNS = "LXC_HOST_DNS"
    case ipv6RouterAdvertisements = "LXC_IPV6_RA"
    case isolate = "LXC_ISOLATE"
    case nat = "LXC_NAT"
    case natExcept = "LXC_NAT_EXCEPT"
    case routedFrom = "LXC_ROUTED_FROM"
    case reversePathFilter = "LXC_RPFILTER"
    case uplink = "LXC_UPLINK"
    case vlanAware = "LXC_VLAN_AWARE"
    case vxlan = "LXC_VXLAN"
    case vxlanLocal = "LXC_VXLAN_LOCAL"
    case vxlanPeers = "LXC_VXLAN_PEERS"

    /// The value if no file sets one; empty if it is derived. See berth-net.conf(5).
    package var defaultValue: String {
        switch self {
        case .useBridge, .dhcp, .dhcpPing, .useNft, .ipv6Enable, .ipv6NAT, .nat,
            .reversePathFilter:
            "true"
        case .firewallForeign, .isolate, .vlanAware: "false"
        case .bridge: "lxcbr0"
        case .bridgeMAC: "10:66:6a:00:00:00"
        case .dnsNames: "managed"
        case .dnsPort: "53"
        case .hostDNS: "auto"
        case .address, .netmask, .network, .dhcpRange, .dhcpMaximum, .dhcpConfigurationFile,
            .domain, .ipv6Prefix, .ipv6Address, .ipv6Mask, .ipv6Network, .ipv6RouterAdvertisements,
            .bridgeMTU, .dhcpHosts, .dnsPeers, .forwards, .natExcept, .routedFrom, .uplink,
            .vxlan, .vxlanLocal, .vxlanPeers:
            ""
        }
    }
}

/// A line of a settings file.
package struct SettingLocation: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    /// Counted from 1.
    package let line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }
}

/// An error in the settings: its place, the variable, what is wrong and how to fix it.
package struct SettingsError: Error, Hashable, CustomStringConvertible {
    package let place: SettingLocation?
    /// `nil` if the error concerns no single variable.
    package let variable: String?
    package let sentence: String

    package init(_ place: SettingLocation?, _ variable: String?, _ sentence: String) {
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
    /// The file that configures the network.
    package let file: String
    private var values: [Setting: Assignment] = [:]
    /// Unknown variables with the prefix of the settings, such as misspelled ones.
    package private(set) var unknown: [SettingsError] = []
    /// The assignments that a later line of the same file replaced by another value.
    package private(set) var replaced: [Replacement] = []

    package struct Replacement: Hashable, Sendable {
        package let setting: Setting
        package let former: SettingLocation
        package let place: SettingLocation
    }

    package struct Assignment: Sendable {
        package let value: String
        /// `nil` for a default.
        package let place: SettingLocation?
    }

    package init(file: String) { self.file = file }

    /// The value that a file sets, even an empty one, or else the default.
    package subscript(_ setting: Setting) -> Assignment {
        values[setting] ?? Assignment(value: setting.defaultValue, place: nil)
    }

    /// The value that a file sets; `nil` if none does, or the value is empty.
    package func given(_ setting: Setting) -> String? {
        values[setting].flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// Whether a file sets it to an empty value.
    package func isEmptied(_ setting: Setting) -> Bool {
        values[setting]?.value.isEmpty ?? false
    }

    /// An error of a setting, at the place where it is set or else at the start of the file.
    package func error(_ setting: Setting, _ sentence: String) -> SettingsError {
        SettingsError(
            values[setting]?.place ?? SettingLocation(file: file, line: 1), setting.rawValue,
            sentence)
    }

    /// Whether the IPv4 range is chosen automatically.
    package var isAutomatic: Bool { self[.network].value == "auto" }

    package mutating func assign(_ name: String, _ value: String, at place: SettingLocation) {
        if let setting = Setting(rawValue: name) {
            // Files that include others, as those of LXC do, set defaults first.
            // Doctor itself appends lines for two variables.
            if ![.useBridge, .dnsPort].contains(setting), let former = values[setting],
                let formerPlace = former.place,
                formerPlace.file == place.file, !former.value.isEmpty, former.value != value,
                !value.contains(former.value)
            {
                replaced.append(
                    Replacement(setting: setting, former: formerPlace, place: place))
            }
            values[setting] = Assignment(value: value, place: place)
        } else if name.hasPrefix("LXC_"), !Self.ofOtherPrograms.contains(name) {
            unknown.append(
                SettingsError(
                    place, name, "berth-net has no setting of this name: correct or remove it"))
        }
    }

    /// Settings of LXC's other programs, which share these files.
    private static let ofOtherPrograms: Set = [
        "LXC_AUTO", "LXC_SHUTDOWN_TIMEOUT", "LXC_DIRECTORY", "LXC_CONTAINERS",
    ]
}
