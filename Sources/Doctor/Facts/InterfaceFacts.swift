internal import Linux
internal import Netlink

/// An interface, as far as NICs and bridges depend on it.
struct InterfaceFacts: Equatable, Sendable {
    let name: String
    let isBridge: Bool
    /// A bridge of Open vSwitch, or what may be one.
    let mayBeOpenVSwitch: Bool
    let isUp: Bool
    /// 4 bytes or 16, without those that the kernel gave.
    var addresses: [[UInt8]] = []

    static func observe() -> [InterfaceFacts] {
        guard let socket = try? RouteSocket.connect(), let all = try? socket.interfaces() else {
            return []
        }
        let addresses = (try? socket.addresses()) ?? []
        return all.map { interface in
            InterfaceFacts(
                name: interface.name.description, isBridge: interface.kind == .bridge,
                mayBeOpenVSwitch: interface.kind == .openVSwitch || interface.kind == .tun,
                isUp: interface.isUp,
                addresses: addresses.filter { $0.interface == interface.index && !$0.isLinkLocal }
                    .map(\.bytes))
        }
    }
}
