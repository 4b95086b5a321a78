package import Linux

/// The first field of a line of lxc-usernet: to whom the line grants NICs.
package enum Grantee: Equatable, Sendable {
    case owner(Owner)
    /// `*`: every user with an account whom no other line for the bridge names.
    case everybody

    package init(field: some Collection<UInt8>) {
        self = Self.isEverybody(field) ? .everybody : .owner(Owner(field: field))
    }

    static func isEverybody(_ field: some Collection<UInt8>) -> Bool {
        field.count == 1 && field.first == 0x2a
    }

    package var field: [UInt8] {
        switch self {
        case .owner(let owner): owner.field
        case .everybody: [0x2a]
        }
    }
}
