/// An attribute of a bridge, or a setting of the host, that berth-net changed, and the values
/// before and after.
package struct Alteration: Codable, Hashable, Sendable {
    package let attribute: Attribute
    package var before: String
    package var after: String

    package init(_ attribute: Attribute, from before: String, to after: String) {
        self.attribute = attribute
        self.before = before
        self.after = after
    }

    package enum Attribute: Hashable, Sendable, StringCodable {
        case hardwareAddress
        case mtu
        /// `up` or `down`.
        case link
        /// `vlan_filtering` of a bridge: `0` or `1`.
        case vlanFiltering
        /// A kernel setting, by its path under /proc/sys.
        case kernel(String)

        package init?(_ text: String) {
            switch text {
            case "address": self = .hardwareAddress
            case "mtu": self = .mtu
            case "link": self = .link
            case "vlan_filtering": self = .vlanFiltering
            default:
                guard text.hasPrefix("/proc/sys/net/") else { return nil }
                self = .kernel(text)
            }
        }

        package var description: String {
            switch self {
            case .hardwareAddress: "address"
            case .mtu: "mtu"
            case .link: "link"
            case .vlanFiltering: "vlan_filtering"
            case .kernel(let path): path
            }
        }
    }
}

extension Change {
    /// The change of an attribute; `nil` if the value is not valid for the attribute.
    static func set(
        _ attribute: Alteration.Attribute, of bridge: BridgeName, from: String?, to: String
    ) -> Change? {
        switch attribute {
        case .hardwareAddress: .setHardwareAddress(bridge, from: from ?? to, to: to)
        case .mtu:
            UInt32(to).map { .setMTU(bridge, from: from.flatMap { UInt32($0) } ?? $0, to: $0) }
        case .link: .setUp(bridge, to == "up")
        case .vlanFiltering: .setVLANFiltering(bridge, to == "1")
        case .kernel(let path): .setKernel(path: path, from: from, to: to)
        }
    }

    /// The attribute that this changes, with both values; `nil` for other changes.
    fileprivate var alteration: (Alteration.Attribute, from: String?, to: String)? {
        switch self {
        case .setHardwareAddress(_, let from, let to): (.hardwareAddress, from, to)
        case .setMTU(_, let from, let to): (.mtu, "\(from)", "\(to)")
        case .setUp(_, let up): (.link, up ? "down" : "up", up ? "up" : "down")
        case .setVLANFiltering(_, let on): (.vlanFiltering, on ? "0" : "1", on ? "1" : "0")
        case .setKernel(let path, let from, let to): (.kernel(path), from, to)
        default: nil
        }
    }
}

extension [Alteration] {
    /// The alterations as they are once these changes have been made to the same bridge, or to the
    /// host.
    ///
    /// If another program has set a value since the last change, that value is the one to restore.
    func after(_ changes: [Change]) -> [Alteration] { after(changes.compactMap(\.alteration)) }

    func after(
        _ changes: [(attribute: Alteration.Attribute, from: String?, to: String)]
    ) -> [Alteration] {
        var alterations = self
        for (attribute, from, to) in changes {
            guard let position = alterations.firstIndex(where: { $0.attribute == attribute })
            else {
                if let from { alterations.append(Alteration(attribute, from: from, to: to)) }
                continue
            }
            if let from, from != alterations[position].after {
                alterations[position].before = from
            }
            alterations[position].after = to
            if alterations[position].before == to { alterations.remove(at: position) }
        }
        return alterations
    }
}
