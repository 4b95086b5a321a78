internal import Linux
internal import Netlink
internal import Usernet

/// The bridge on this host to which a NIC is attached.
enum Bridge {
    /// No bridge: the host routes to the NIC.
    case none
    case linux(InterfaceIndex, mtu: UInt32, vlans: VLANSupport)
    /// An Open vSwitch bridge, or a tun device that may be one: only the Open vSwitch daemon knows.
    case openVSwitch(InterfaceName, mtu: UInt32)

    /// Whether a Linux bridge forwards frames by VLAN.
    enum VLANSupport {
        case active
        /// `vlan_filtering` of the bridge is 0.
        case inactive
        case unknownToKernel
    }

    /// Finds the bridge and its type over netlink.
    static func find(
        _ name: UsernetBridge, _ kernel: borrowing RouteSocket
    ) throws(Refusal) -> Bridge {
        guard case .named(let name) = name else { return .none }
        let found = try netlink { () throws(NetlinkError) in try kernel.interface(named: name) }
        guard let interface = found else { throw .noBridge(name.description) }
        return switch interface.kind {
        case .bridge:
            .linux(
                interface.index, mtu: interface.mtu, vlans: VLANSupport(interface.isVLANAware))
        // Use the primary name: the kernel also finds interfaces by their alternative names
        // (altname in ip-link(8)).
        case .openVSwitch, .tun: .openVSwitch(interface.name ?? name, mtu: interface.mtu)
        case .veth, .dummy, .vlan, .vxlan, .bond, .noKind, .other:
            throw .notABridge(name.description)
        }
    }

    /// In bytes; `nil` leaves the kernel's default.
    var mtu: UInt32? {
        switch self {
        case .none: nil
        case .linux(_, let mtu, _), .openVSwitch(_, let mtu): mtu
        }
    }

    /// Whether ports are added and removed through Open vSwitch, which keeps its own list of them.
    var isOpenVSwitch: Bool { if case .openVSwitch = self { true } else { false } }
}

extension Bridge.VLANSupport {
    /// - Parameter isAware: see ``Interface/isVLANAware``.
    fileprivate init(_ isAware: Bool?) {
        self = isAware.map { $0 ? .active : .inactive } ?? .unknownToKernel
    }
}

/// Turns netlink errors into refusals.
func netlink<Result: ~Copyable>(
    _ body: () throws(NetlinkError) -> Result
) throws(Refusal) -> Result {
    do { return try body() } catch { throw .kernel(error) }
}

/// Turns errors of the user and group databases into refusals.
func lookup<Result>(_ body: () throws(Errno) -> Result) throws(Refusal) -> Result {
    do { return try body() } catch { throw .accountsUnavailable(error) }
}
