package import Linux

/// A user for whom lxc-usernet is read.
package protocol UsernetCaller {
    associatedtype Failure: Error

    /// The user, with the name that the ledger uses; `nil` if no line can name them.
    var user: Owner? { get }

    /// Whether a field that does not begin with `@` may name the user. Faster than ``owner(_:)``.
    func mayBeUser(at field: Range<Int>, in bytes: [UInt8]) -> Bool

    /// The owner that the first field of a line names, with the name that the ledger uses; `nil` if
    /// it is neither the user nor one of their groups.
    mutating func owner(_ field: ArraySlice<UInt8>) throws(Failure) -> Owner?

    /// Why `*` does not include the user; `nil` if it does.
    func exclusionFromEverybody() -> AccountPolicy.Exclusion?
}

extension UsernetCaller {
    package func mayBeUser(at field: Range<Int>, in bytes: [UInt8]) -> Bool { true }
}

extension OwnerMatcher: UsernetCaller {
    package var user: Owner? { name.map { .user($0) } }

    package func exclusionFromEverybody() -> AccountPolicy.Exclusion? {
        do throws(AccountPolicy.ReadError) {
            return try AccountPolicy.read()
                .exclusion(of: caller.user, named: hasName ? name : nil)
        } catch { return .undecided(error.description) }
    }
}
