internal import Linux
internal import Netlink
internal import Usernet

/// What a NIC will be attached to, as it is on this host.
enum Bridge {
    /// Nothing: the host routes to it.
    case none
    case linux(Link)
    /// A bridge of Open vSwitch's, or a tun device that only its daemon can tell from one.
    case openVSwitch(Link)

    /// By its link kind: an absent interface is not taken for a bridge of some other sort.
    static func find(
        _ name: UsernetBridge, _ kernel: borrowing RouteSocket
    ) throws(Refusal) -> Bridge {
        guard case .named(let name) = name else { return .none }
        let found = try asked { () throws(NetlinkError) in try kernel.link(named: name) }
        guard let link = found else { throw .noBridge(name.description) }
        return switch link.kind {
        case .bridge: .linux(link)
        case .openVSwitch, .tun: .openVSwitch(link)
        case .veth, .other: throw .notABridge(name.description)
        }
    }

    /// Bytes; `nil` leaves the kernel's default.
    var mtu: UInt32? {
        switch self {
        case .none: nil
        case .linux(let link), .openVSwitch(let link): link.mtu
        }
    }

    /// Open vSwitch keeps its own list of ports: the kernel's word does not suffice.
    var needsDaemon: Bool { if case .openVSwitch = self { true } else { false } }
}

/// The kernel's refusals among ours.
func asked<Answer: ~Copyable>(
    _ question: () throws(NetlinkError) -> Answer
) throws(Refusal) -> Answer {
    do { return try question() } catch { throw .kernel(error) }
}

/// And those of the sources of users and groups.
func known<Answer>(_ question: () throws(Errno) -> Answer) throws(Refusal) -> Answer {
    do { return try question() } catch { throw .accountsUnavailable(error) }
}
