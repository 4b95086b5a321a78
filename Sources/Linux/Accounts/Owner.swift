/// The user or group to which a line of lxc-usernet or lxc-usercgroup, or a row of the ledger,
/// applies. Names are bytes, as in NSS.
package enum Owner: Equatable, Sendable {
    case user([UInt8])
    case group([UInt8])

    /// Parses a field such as `alice`, `@staff` or `@domain\040users`.
    package init(field: some Collection<UInt8>) {
        if field.first == 0x40 {
            self = .group(unescaped(field.dropFirst()))
        } else {
            self = .user(unescaped(field))
        }
    }

    /// The owner as a field of such a line or row.
    package var field: [UInt8] {
        switch self {
        case .user(let name): escaped(name, isFirst: true)
        case .group(let name): [0x40] + escaped(name, isFirst: false)
        }
    }
}

extension Owner: CustomStringConvertible {
    package var description: String { String(decoding: field, as: UTF8.self) }
}
