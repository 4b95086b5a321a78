package import Netlink

/// What a NIC is attached to, as lxc-usernet and lxc-start write it.
package enum UsernetBridge: Equatable, Sendable {
    /// `none`: a NIC that the host routes to.
    case none
    case named(InterfaceName)

    package init?(_ bytes: some Collection<UInt8>) {
        if bytes.elementsEqual("none".utf8) {
            self = .none
        } else if let name = InterfaceName(bytes) {
            self = .named(name)
        } else {
            return nil
        }
    }

    package var bytes: [UInt8] {
        switch self {
        case .none: Array("none".utf8)
        case .named(let name): name.bytes
        }
    }
}

extension UsernetBridge: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}

/// The type of every NIC here, as lxc-usernet, the ledger and lxc-start write it.
package let veth: [UInt8] = [0x76, 0x65, 0x74, 0x68]
