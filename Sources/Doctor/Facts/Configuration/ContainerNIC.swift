internal import Linux

/// The settings of a NIC: `lxc.net.N.*`.
struct ContainerNIC: Equatable, Sendable {
    /// The N of `lxc.net.N`, without leading zeros.
    let index: Int
    /// The place of its first setting.
    let place: ConfigPlace
    /// By the key without `lxc.net.N.`; empty values are removed.
    private var settings: [String: [ConfigSetting]] = [:]
    /// The settings that a later `lxc.net.N.type` discarded, and that were not set again.
    private(set) var discarded: [ConfigSetting] = []

    init(index: Int, at place: ConfigPlace) { (self.index, self.place) = (index, place) }

    func setting(_ name: String) -> ConfigSetting? { settings[name]?.last }
    var allSettings: [ConfigSetting] { settings.values.flatMap { $0 } }
    func all(_ name: String) -> [ConfigSetting] { settings[name] ?? [] }

    /// - Parameter key: the known key without `lxc.net.N.`
    mutating func set(_ key: ConfigKeys.Key, _ setting: ConfigSetting) {
        if key.name == "type" {
            // LXC clears the NIC before it sets the type.
            discarded = settings.values.flatMap { $0 }.filter { $0 != self.setting("type") }
                .sorted { ($0.place.line, $0.key) < ($1.place.line, $1.key) }
            settings = [:]
        } else {
            discarded.removeAll { $0.key == setting.key }
        }
        guard !setting.value.isEmpty else { return settings[key.name] = nil }
        if key.isList {
            settings[key.name, default: []].append(setting)
        } else {
            settings[key.name] = [setting]
        }
    }

    /// Without a type, LXC gives the container no NIC but the loopback interface.
    var type: UntrustedText { setting("type")?.value ?? "empty" }
    var link: UntrustedText? { setting("link")?.value }
    var hardwareAddress: UntrustedText? { setting("hwaddr")?.value }
    /// The static IPv4 addresses, as the configuration writes them.
    var addresses: [UntrustedText] { all("ipv4.address").map(\.value) }
    /// Any value of `flags` sets the NIC up.
    var isUp: Bool { setting("flags") != nil }
}
