/// An entry of a setting whose value is a list, such as a forward or a reservation.
package protocol ListEntry {
    /// Something that only one entry of a list may have.
    associatedtype Claim: Hashable
    var claims: [Claim] { get }

    /// Whether the two entries exclude each other for another reason. This must be fast, because
    /// every pair of entries in a list is compared.
    func collides(with other: Self) -> Bool
}

extension ListEntry {
    package func collides(with other: Self) -> Bool { false }
}

extension ListEntry where Claim == Never {
    package var claims: [Never] { [] }
}

/// What is wrong with an entry of a list.
package struct InvalidEntry: Error {
    /// The predicate of a sentence whose subject is the entry.
    package let predicate: String

    package init(_ predicate: String) { self.predicate = predicate }
}
