/// An entry of a setting whose value is a list, such as a forward or a reservation.
package protocol ListEntry {
    /// Whether the two entries exclude each other.
    func collides(with other: Self) -> Bool
}

/// What is wrong with an entry of a list.
package struct InvalidEntry: Error {
    /// The predicate of a sentence whose subject is the entry.
    package let predicate: String

    package init(_ predicate: String) { self.predicate = predicate }
}
