package import Netlink

/// The bridge of a NIC, as lxc-usernet and lxc-start name it.
package enum UsernetBridge: Equatable, Sendable {
    /// `none`: the NIC is on no bridge, and the host routes to it.
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

/// `veth`, the only type of NIC, as lxc-usernet, the ledger and lxc-start name it.
package let veth: [UInt8] = [0x76, 0x65, 0x74, 0x68]
