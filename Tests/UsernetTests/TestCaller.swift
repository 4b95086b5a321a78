import Linux
import Usernet

/// A user with a name and groups, as fields of lxc-usernet.
struct TestCaller: UsernetCaller {
    private let owners: [Owner]
    var exclusion: AccountPolicy.Exclusion?

    init(_ fields: [String]) { owners = fields.map { Owner(field: $0.utf8) } }

    var user: Owner? { owners.first }

    func owner(_ field: ArraySlice<UInt8>) throws(Never) -> Owner? {
        owners.first { $0 == Owner(field: field) }
    }

    func exclusionFromEverybody() -> AccountPolicy.Exclusion? { exclusion }
}
