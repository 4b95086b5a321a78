internal import Linux
internal import Netlink
internal import Usernet

/// The bridge of a NIC on this host.
enum Bridge {
    /// No bridge: the host routes to the NIC.
    case none
    case linux(InterfaceIndex, mtu: UInt32)
    /// A bridge of Open vSwitch, or a tun device: only the daemon of Open vSwitch can tell which.
    case openVSwitch(InterfaceName, mtu: UInt32)

    /// Finds the bridge and its type by netlink.
    static func find(
        _ name: UsernetBridge, _ kernel: borrowing RouteSocket
    ) throws(Refusal) -> Bridge {
        guard case .named(let name) = name else { return .none }
        let found = try netlink { () throws(NetlinkError) in try kernel.interface(named: name) }
        guard let interface = found else { throw .noBridge(name.description) }
        return switch interface.kind {
        case .bridge: .linux(interface.index, mtu: interface.mtu)
        // Use its own name: the kernel also finds it by an alternative one.
        case .openVSwitch, .tun: .openVSwitch(interface.name ?? name, mtu: interface.mtu)
        case .veth, .dummy, .vlan, .bond, .noKind, .other: throw .notABridge(name.description)
        }
    }

    /// Bytes; `nil` leaves the kernel's default.
    var mtu: UInt32? {
        switch self {
        case .none: nil
        case .linux(_, let mtu), .openVSwitch(_, let mtu): mtu
        }
    }

    /// Whether ports are added and removed through Open vSwitch, which keeps its own list of them.
    var isOpenVSwitch: Bool { if case .openVSwitch = self { true } else { false } }
}

/// Turns netlink errors into refusals.
func netlink<Answer: ~Copyable>(
    _ question: () throws(NetlinkError) -> Answer
) throws(Refusal) -> Answer {
    do { return try question() } catch { throw .kernel(error) }
}

/// Turns errors of user and group databases into refusals.
func lookup<Answer>(_ question: () throws(Errno) -> Answer) throws(Refusal) -> Answer {
    do { return try question() } catch { throw .accountsUnavailable(error) }
}
