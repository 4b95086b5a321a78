/// The name of the logical port of a NIC in OVN: `berth-UID-NAME-N`.
///
/// An identity has one name, and no other identity has it: the user ID has no hyphen, the number is
/// what follows the last one, and every byte of the container's name other than ASCII letters,
/// digits, `.`, `_` and `-` is written as `%XX`. Such a name needs no quotes in a shell, and none
/// for ovs-vsctl and ovn-nbctl.
package struct LogicalPort: Equatable, Sendable {
    package let identity: ContainerIdentity

    package init(_ identity: ContainerIdentity) { self.identity = identity }

    package var name: String {
        "berth-\(identity.owner)-"
            + String(decoding: identity.name.flatMap { Self.escaped($0) }, as: UTF8.self)
            + "-\(identity.number)"
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: [byte]
        default: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}
