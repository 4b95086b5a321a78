import Netlink
import Network

/// Parses a text as /etc/default/lxc-net.
/// - Parameter others: further files by path, for `.` and `source`.
func settings(
    _ text: String, file: String = "/etc/default/lxc-net", others: [String: String] = [:]
) throws -> Settings {
    var reader = ShellSettings(file: file) { path in
        path == file ? Array(text.utf8) : others[path].map { Array($0.utf8) }
    }
    try reader.read(file)
    return reader.settings
}

/// The desired network that the settings describe, or every problem with them.
func validated(
    _ text: String, facts: HostFacts = HostFacts(), isFirst: Bool = true
) -> (network: DesiredNetwork?, problems: [SettingsError], warnings: [String]) {
    do {
        var validation = Validation(try settings(text), facts, isFirst: isFirst)
        let network = validation.network()
        return (network, validation.problems, validation.warnings)
    } catch {
        return (nil, [error as? SettingsError].compactMap { $0 }, [])
    }
}

func network(_ text: String = "") throws -> DesiredNetwork {
    let result = validated(text)
    guard let network = result.network else { throw Refused(problems: result.problems) }
    return network
}

struct Refused: Error { let problems: [SettingsError] }

func interface(
    _ name: String, index: Int32, kind: LinkKind = .other, mtu: UInt32 = 1500, up: Bool = true,
    master: Int32? = nil, isolated: Bool = false,
    address: MACAddress = MACAddress(bytes: [0x10, 0x66, 0x6a, 0, 0, 0])
) throws -> Interface {
    guard let name = InterfaceName(Array(name.utf8)) else { throw Refused(problems: []) }
    return Interface(
        index: InterfaceIndex(index), name: name, kind: kind, mtu: mtu,
        address: address, isUp: up,
        master: master.map { InterfaceIndex($0) }, isIsolated: isolated)
}
